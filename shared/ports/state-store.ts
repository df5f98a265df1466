import type { TableName } from '../topology.ts';

/**
 * Conditional and transactional state: one table per context, an item known by (pk, sk) and versioned by the
 * store. Items are plain JSON. Mirrors what DynamoDB can promise and refuses what it would refuse.
 */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export interface Item<T = unknown> extends ItemKey {
  /** 1 as first written, one more with each write. */
  readonly version: number;
  readonly value: T;
  /** Set to make the item visible to `queryIndex`. */
  readonly index?: IndexKey;
  readonly expiresAtMs?: number;
}

/** The one sparse secondary index of a table: items that carry it can be listed by it, oldest sort key first. */
export interface IndexKey {
  readonly partition: string;
  readonly sort: string;
}

export type Condition =
  | { readonly kind: 'none' }
  | { readonly kind: 'absent' }
  /** The item exists at exactly this version. */
  | { readonly kind: 'version'; readonly version: number };

/** That the item is as it was read. @param version null: there was none */
export function conditionOn(version: number | null): Exclude<Condition, { kind: 'none' }> {
  return version === null ? { kind: 'absent' } : { kind: 'version', version };
}

export interface PutWrite extends ItemKey {
  readonly kind: 'put';
  readonly table: TableName;
  readonly value: unknown;
  readonly condition: Condition;
  readonly index?: IndexKey;
  /** Removed some time after this instant; readers check it themselves. */
  readonly expiresAtMs?: number;
}

export interface DeleteWrite extends ItemKey {
  readonly kind: 'delete';
  readonly table: TableName;
  readonly condition: Condition;
}

/** Writes nothing; fails the transaction when the condition does not hold. */
export interface CheckWrite extends ItemKey {
  readonly kind: 'check';
  readonly table: TableName;
  readonly condition: Exclude<Condition, { kind: 'none' }>;
}

export type Write = PutWrite | DeleteWrite | CheckWrite;

export interface Page<T> {
  readonly items: readonly Item<T>[];
  /** Pass as `after` for the next page of the same listing; null: no more. */
  readonly next: string | null;
}

export interface QueryOptions {
  /** At most 1000. */
  readonly limit: number;
  readonly after?: string | undefined;
  readonly descending?: boolean;
}

export interface StateStore {
  /** Always a consistent read. `null`: no such item. */
  get<T>(table: TableName, key: ItemKey): Promise<Item<T> | null>;
  /** Items of one partition whose sort key starts with the prefix, in order of sort key. @throws BadCursor */
  query<T>(table: TableName, pk: string, sortPrefix: string, options: QueryOptions): Promise<Page<T>>;
  /** Items of the table's index, in order of its sort key; eventually consistent on AWS. @throws BadCursor */
  queryIndex<T>(
    table: TableName,
    partition: string,
    options: QueryOptions & { sortUpTo?: string },
  ): Promise<Page<T>>;
  /** One conditional write. @throws ConditionFailed */
  write(write: Write): Promise<void>;
  /** All or nothing, 1 to 100 writes to distinct items, tables may differ. @throws ConditionFailed */
  transact(writes: readonly Write[]): Promise<void>;
}

/** A condition did not hold: somebody else was first. Read again and decide anew. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';
  readonly failed: ItemKey;
  constructor(failed: ItemKey) {
    super(`condition failed on ${failed.pk} / ${failed.sk}`);
    this.failed = failed;
  }
}

/** What was given as `after` is no place in the listing: a page of another one gave it, or none did. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
  constructor() {
    super('after: expected `next` of a page of this listing');
  }
}

/** What AWS would refuse, refused everywhere: over 400 KB an item, over 100 writes a transaction, … */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

export const MAX_PARTITION_KEY_BYTES = 2048;
export const MAX_SORT_KEY_BYTES = 1024;
export const MAX_ITEM_BYTES = 400 * 1024;
export const MAX_TRANSACTION_WRITES = 100;
