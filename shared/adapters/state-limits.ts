/** What every state store refuses alike, as DynamoDB would. */
import type { RecordCodec } from '../contracts/stored-records.ts';
import {
  LimitExceeded,
  MAX_ITEM_BYTES,
  MAX_PARTITION_KEY_BYTES,
  MAX_SORT_KEY_BYTES,
  MAX_TRANSACTION_WRITES,
  type Write,
} from '../ports/state-store.ts';

const MAX_PAGE_ITEMS = 1000;
/** What DynamoDB takes for a whole transaction. */
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

export function checkPageSize(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_ITEMS) {
    throw new LimitExceeded(`a page has 1 to ${MAX_PAGE_ITEMS} items, not ${limit}`);
  }
}

export function checkTransaction(writes: readonly Write[], records: RecordCodec): string[] {
  if (writes.length < 1 || writes.length > MAX_TRANSACTION_WRITES) {
    throw new LimitExceeded(`a transaction has 1 to ${MAX_TRANSACTION_WRITES} writes, not ${writes.length}`);
  }
  const values = writes.map((write) => checkWrite(write, records));
  const bytes = values.reduce((total, value) => total + Buffer.byteLength(value), 0);
  if (bytes > MAX_TRANSACTION_BYTES) {
    throw new LimitExceeded(`a transaction has at most ${MAX_TRANSACTION_BYTES} bytes, not ${bytes}`);
  }
  const items = new Set(writes.map(({ table, pk, sk }) => JSON.stringify([table, pk, sk])));
  if (items.size !== writes.length) throw new LimitExceeded('a transaction writes an item once');
  return values;
}

/** @returns the value as JSON, empty for what carries none. */
export function checkWrite(write: Write, records: RecordCodec): string {
  checkKey('partition key', write.pk, MAX_PARTITION_KEY_BYTES);
  checkKey('sort key', write.sk, MAX_SORT_KEY_BYTES);
  if (write.kind !== 'put') return '';
  if (write.index !== undefined) {
    checkKey('index partition key', write.index.partition, MAX_PARTITION_KEY_BYTES);
    checkKey('index sort key', write.index.sort, MAX_SORT_KEY_BYTES);
  }
  const value = JSON.stringify(records.stored(write.table, write, write.value)) as string | undefined;
  if (value === undefined) throw new TypeError(`the value of ${write.pk} / ${write.sk} is not JSON`);
  const parts = [value, write.pk, write.sk, write.index?.partition ?? '', write.index?.sort ?? ''];
  const bytes = parts.reduce((total, part) => total + Buffer.byteLength(part), 0);
  if (bytes > MAX_ITEM_BYTES) {
    throw new LimitExceeded(`item ${write.pk} / ${write.sk} has ${bytes} bytes, at most ${MAX_ITEM_BYTES}`);
  }
  return value;
}

function checkKey(what: string, key: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > maxBytes)
    throw new LimitExceeded(`a ${what} has 1 to ${maxBytes} bytes, not ${bytes}`);
}
