import type { DatabaseSync } from 'node:sqlite';
import { storedRecords, type RecordCodec } from '../../contracts/stored-records.ts';
import {
  ConditionFailed,
  type Condition,
  type Item,
  type ItemKey,
  type Page,
  type PutWrite,
  type QueryOptions,
  type StateStore,
  type Write,
} from '../../ports/state-store.ts';
import type { TableName } from '../../topology.ts';
import { cursorAfter, placeOf, type Listing } from '../page-cursor.ts';
import { checkPageSize, checkTransaction, checkWrite } from '../state-limits.ts';
import { prepareAll, transaction } from './database.ts';

/** One SQLite table stands for all tables: text compares by its UTF-8 bytes, as DynamoDB's sort keys do. */
export const STATE_STORE_SQL = `
  CREATE TABLE IF NOT EXISTS items (
    table_name TEXT NOT NULL,
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    index_partition TEXT,
    index_sort TEXT,
    expires_at_ms INTEGER,
    PRIMARY KEY (table_name, pk, sk)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS items_by_index
    ON items (table_name, index_partition, index_sort, pk, sk) WHERE index_partition IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_by_expiry ON items (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
`;

/** A sweep removes no more at a time, so that it never holds up the event loop. */
const MAX_ITEMS_A_SWEEP = 1000;
/** Sorts behind every character that a key holds. */
const LAST_CHARACTER = '\u{10ffff}';

interface ItemRow {
  readonly pk: string;
  readonly sk: string;
  readonly version: number;
  readonly value: string;
  readonly index_partition: string | null;
  readonly index_sort: string | null;
  readonly expires_at_ms: number | null;
}

/** State on `node:sqlite`, with DynamoDB's conditions and limits. Many may share a database; one process owns it. */
export class SqliteStateStore implements StateStore {
  readonly #database: DatabaseSync;
  readonly #records: RecordCodec;
  readonly #statements: Statements;

  constructor(database: DatabaseSync, records: RecordCodec = storedRecords) {
    this.#database = database;
    this.#records = records;
    this.#statements = prepareStatements(database);
  }

  async get<T>(table: TableName, key: ItemKey): Promise<Item<T> | null> {
    const row = this.#statements.get.get(table, key.pk, key.sk);
    return row === undefined ? null : this.#item<T>(table, row as unknown as ItemRow);
  }

  async query<T>(table: TableName, pk: string, sortPrefix: string, options: QueryOptions): Promise<Page<T>> {
    checkPageSize(options.limit);
    const { limit } = options;
    const listing = { kind: 'partition', table, partition: pk, sortPrefix } as const;
    const [after] = options.after === undefined ? [] : placeOf(options.after, listing);
    const end = sortPrefix + LAST_CHARACTER;
    const rows =
      options.descending === true
        ? this.#statements.queryBackwards.all(table, pk, sortPrefix, end, after ?? end, limit + 1)
        : this.#statements.query.all(table, pk, sortPrefix, justAfter(after), end, limit + 1);
    return this.#page<T>(rows as unknown as ItemRow[], limit, listing);
  }

  async queryIndex<T>(
    table: TableName,
    partition: string,
    options: QueryOptions & { sortUpTo?: string },
  ): Promise<Page<T>> {
    checkPageSize(options.limit);
    const { limit, sortUpTo } = options;
    const upTo = sortUpTo ?? LAST_CHARACTER;
    const listing = { kind: 'index', table, partition, sortUpTo } as const;
    const after = options.after === undefined ? null : placeOf(options.after, listing);
    const rows =
      options.descending === true
        ? this.#statements.queryIndexBackwards.all(
            table,
            partition,
            ...(after ?? [upTo, LAST_CHARACTER, '']),
            limit + 1,
          )
        : this.#statements.queryIndex.all(table, partition, ...(after ?? ['', '', '']), upTo, limit + 1);
    return this.#page<T>(rows as unknown as ItemRow[], limit, listing);
  }

  async write(write: Write): Promise<void> {
    const value = checkWrite(write, this.#records);
    if (!this.#apply(write, value)) throw new ConditionFailed({ pk: write.pk, sk: write.sk });
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const values = checkTransaction(writes, this.#records);
    transaction(this.#database, () => {
      writes.forEach((write, i) => {
        if (!this.#apply(write, values[i]!)) throw new ConditionFailed({ pk: write.pk, sk: write.sk });
      });
    });
  }

  /**
   * Removes items whose `expiresAtMs` has passed, at most 1,000 a call.
   * @returns how many were removed; call again while it is not 0.
   */
  removeExpired(nowMs: number): number {
    return Number(this.#statements.removeExpired.run(nowMs, MAX_ITEMS_A_SWEEP).changes);
  }

  #item<T>(table: TableName, row: ItemRow): Item<T> {
    return {
      pk: row.pk,
      sk: row.sk,
      version: row.version,
      value: this.#records.record(table, row, JSON.parse(row.value)) as T,
      ...(row.index_partition === null || row.index_sort === null
        ? {}
        : { index: { partition: row.index_partition, sort: row.index_sort } }),
      ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
    };
  }

  /** One row more than the page was asked for says that there is a next page. */
  #page<T>(rows: readonly ItemRow[], limit: number, listing: Listing): Page<T> {
    const items = rows.slice(0, limit).map((row) => this.#item<T>(listing.table, row));
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? cursorAfter(listing, last) : null };
  }

  /** @returns whether the condition held. */
  #apply(write: Write, value: string): boolean {
    switch (write.kind) {
      case 'put':
        return this.#put(write, value);
      case 'delete':
        return this.#delete(write, write.condition);
      case 'check':
        return this.#holds(write, write.condition);
    }
  }

  #put(write: PutWrite, value: string): boolean {
    const { table, pk, sk, condition } = write;
    const fields = [
      value,
      write.index?.partition ?? null,
      write.index?.sort ?? null,
      write.expiresAtMs ?? null,
    ] as const;
    switch (condition.kind) {
      case 'none':
        return this.#statements.put.run(table, pk, sk, ...fields).changes === 1;
      case 'absent':
        return this.#statements.putAbsent.run(table, pk, sk, ...fields).changes === 1;
      case 'version':
        return this.#statements.putVersion.run(...fields, table, pk, sk, condition.version).changes === 1;
    }
  }

  #delete(write: ItemKey & { table: TableName }, condition: Condition): boolean {
    if (condition.kind !== 'none' && !this.#holds(write, condition)) return false;
    this.#statements.remove.run(write.table, write.pk, write.sk);
    return true;
  }

  #holds(key: ItemKey & { table: TableName }, condition: Exclude<Condition, { kind: 'none' }>): boolean {
    const version = this.#statements.version.get(key.table, key.pk, key.sk)?.['version'];
    return condition.kind === 'absent' ? version === undefined : version === condition.version;
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const columns = 'pk, sk, version, value, index_partition, index_sort, expires_at_ms';
  const ofKey = 'table_name = ? AND pk = ? AND sk = ?';
  const insert = `INSERT INTO items (table_name, pk, sk, version, value, index_partition, index_sort, expires_at_ms)
    VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (table_name, pk, sk)`;
  const indexed = `SELECT ${columns} FROM items WHERE table_name = ? AND index_partition = ?`;
  return prepareAll(database, {
    get: `SELECT ${columns} FROM items WHERE ${ofKey}`,
    version: `SELECT version FROM items WHERE ${ofKey}`,
    put: `${insert} DO UPDATE SET version = version + 1, value = excluded.value, index_partition = excluded.index_partition,
      index_sort = excluded.index_sort, expires_at_ms = excluded.expires_at_ms`,
    putAbsent: `${insert} DO NOTHING`,
    putVersion: `UPDATE items SET version = version + 1, value = ?, index_partition = ?, index_sort = ?, expires_at_ms = ?
      WHERE ${ofKey} AND version = ?`,
    remove: `DELETE FROM items WHERE ${ofKey}`,
    removeExpired: `DELETE FROM items WHERE rowid IN
      (SELECT rowid FROM items WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)`,
    query: `SELECT ${columns} FROM items WHERE table_name = ? AND pk = ? AND sk >= max(?, ?) AND sk < ?
      ORDER BY sk LIMIT ?`,
    queryBackwards: `SELECT ${columns} FROM items WHERE table_name = ? AND pk = ? AND sk >= ? AND sk < min(?, ?)
      ORDER BY sk DESC LIMIT ?`,
    queryIndex: `${indexed} AND (index_sort, pk, sk) > (?, ?, ?) AND index_sort <= ?
      ORDER BY index_sort, pk, sk LIMIT ?`,
    queryIndexBackwards: `${indexed} AND (index_sort, pk, sk) < (?, ?, ?)
      ORDER BY index_sort DESC, pk DESC, sk DESC LIMIT ?`,
  });
}

/** The least text that sorts behind this one. */
function justAfter(text: string | undefined): string {
  return text === undefined ? '' : `${text}\u0000`;
}
