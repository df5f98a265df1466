import { storedRecords, type RecordCodec } from '../../contracts/stored-records.ts';
import {
  ConditionFailed,
  type Condition,
  type IndexKey,
  type Item,
  type ItemKey,
  type Page,
  type QueryOptions,
  type StateStore,
  type Write,
} from '../../ports/state-store.ts';
import type { TableName } from '../../topology.ts';
import { compareBytes } from '../compare-bytes.ts';
import { cursorAfter, placeOf, type Listing, type Place } from '../page-cursor.ts';
import { checkPageSize, checkTransaction, checkWrite } from '../state-limits.ts';

/** An item as it lies there. */
export interface KeptItem extends ItemKey {
  readonly table: TableName;
  readonly version: number;
  /** As JSON: what a reader does to its own copy is nobody else's. */
  readonly text: string;
  readonly index?: IndexKey;
  readonly expiresAtMs?: number;
}

type Partition = Map<string, KeptItem>;

/** State in maps, with the promises of the real stores. Nothing of it belongs to a process: it outlives those that use it. */
export class MemoryStateStore implements StateStore {
  readonly #records: RecordCodec;
  readonly #partitions = new Map<string, Partition>();
  readonly #indexed = new Map<string, Partition>();

  constructor(records: RecordCodec = storedRecords) {
    this.#records = records;
  }

  async get<T>(table: TableName, key: ItemKey): Promise<Item<T> | null> {
    const kept = this.#find(table, key);
    return kept === undefined ? null : this.#item<T>(kept);
  }

  async query<T>(table: TableName, pk: string, sortPrefix: string, options: QueryOptions): Promise<Page<T>> {
    const listing = { kind: 'partition', table, partition: pk, sortPrefix } as const;
    const found = this.#partitions.get(`${table} ${pk}`)?.values() ?? [];
    const matching = [...found].filter(({ sk }) => sk.startsWith(sortPrefix));
    return this.#page(matching, listing, options, ({ pk: itemPk, sk }) => [sk, itemPk, sk]);
  }

  async queryIndex<T>(
    table: TableName,
    partition: string,
    options: QueryOptions & { sortUpTo?: string },
  ): Promise<Page<T>> {
    const { sortUpTo } = options;
    const listing = { kind: 'index', table, partition, sortUpTo } as const;
    const found = this.#indexed.get(`${table} ${partition}`)?.values() ?? [];
    const matching = [...found].filter(
      ({ index }) => sortUpTo === undefined || compareBytes(index!.sort, sortUpTo) <= 0,
    );
    return this.#page(matching, listing, options, ({ index, pk, sk }) => [index!.sort, pk, sk]);
  }

  async write(write: Write): Promise<void> {
    const text = checkWrite(write, this.#records);
    this.#require(write);
    this.#apply(write, text);
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const texts = checkTransaction(writes, this.#records);
    for (const write of writes) this.#require(write);
    writes.forEach((write, i) => this.#apply(write, texts[i]!));
  }

  /** Everything that is kept, in no promised order. */
  *kept(): Generator<KeptItem, void, undefined> {
    for (const partition of this.#partitions.values()) yield* partition.values();
  }

  /** For whoever looks on, at once. null: there is no such item */
  peek(table: TableName, key: ItemKey): unknown {
    const kept = this.#find(table, key);
    return kept === undefined ? null : this.valueOf(kept);
  }

  /** What an item holds, as its readers get it. */
  valueOf({ table, text, ...key }: KeptItem): unknown {
    return this.#records.record(table, key, JSON.parse(text));
  }

  #find(table: TableName, { pk, sk }: ItemKey): KeptItem | undefined {
    return this.#partitions.get(`${table} ${pk}`)?.get(sk);
  }

  #item<T>(kept: KeptItem): Item<T> {
    const { table: _, text: __, ...rest } = kept;
    return { ...rest, value: this.valueOf(kept) as T };
  }

  #page<T>(
    matching: KeptItem[],
    listing: Listing,
    { limit, after, descending = false }: QueryOptions,
    placeIn: (kept: KeptItem) => Place,
  ): Page<T> {
    checkPageSize(limit);
    const from = after === undefined ? null : placeOf(after, listing);
    const sign = descending ? -1 : 1;
    const items = matching
      .filter((kept) => from === null || sign * comparePlaces(placeIn(kept), from) > 0)
      .sort((a, b) => sign * comparePlaces(placeIn(a), placeIn(b)));
    const page = items.slice(0, limit).map((kept) => this.#item<T>(kept));
    const last = page.at(-1);
    return {
      items: page,
      next: items.length > limit && last !== undefined ? cursorAfter(listing, last) : null,
    };
  }

  /** @throws ConditionFailed */
  #require(write: Write): void {
    if (!holds(write.condition, this.#find(write.table, write)))
      throw new ConditionFailed({ pk: write.pk, sk: write.sk });
  }

  #apply(write: Write, text: string): void {
    if (write.kind === 'check') return;
    const { table, pk, sk } = write;
    const known = this.#find(table, write);
    if (known?.index !== undefined)
      this.#indexed.get(`${table} ${known.index.partition}`)?.delete(`${pk} ${sk}`);
    const partition = partitionOf(this.#partitions, `${table} ${pk}`);
    if (write.kind === 'delete') {
      partition.delete(sk);
      return;
    }
    const { index, expiresAtMs } = write;
    const kept: KeptItem = {
      table,
      pk,
      sk,
      version: (known?.version ?? 0) + 1,
      text,
      ...(index === undefined ? {} : { index }),
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    };
    partition.set(sk, kept);
    if (index !== undefined)
      partitionOf(this.#indexed, `${table} ${index.partition}`).set(`${pk} ${sk}`, kept);
  }
}

function partitionOf(partitions: Map<string, Partition>, name: string): Partition {
  let partition = partitions.get(name);
  if (partition === undefined) partitions.set(name, (partition = new Map<string, KeptItem>()));
  return partition;
}

function holds(condition: Condition, known: KeptItem | undefined): boolean {
  switch (condition.kind) {
    case 'none':
      return true;
    case 'absent':
      return known === undefined;
    case 'version':
      return known?.version === condition.version;
  }
}

function comparePlaces(a: Place, b: Place): number {
  return compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]) || compareBytes(a[2], b[2]);
}
