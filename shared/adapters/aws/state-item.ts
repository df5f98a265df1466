/**
 * How an item lies in its DynamoDB table. The value is one JSON string: it comes back digit for digit (DynamoDB's
 * own numbers refuse what a float64 indicator can hold), its size is what the limit counts, and nothing queries
 * inside it.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  LimitExceeded,
  MAX_ITEM_BYTES,
  MAX_PARTITION_KEY_BYTES,
  MAX_SORT_KEY_BYTES,
  type Item,
  type ItemKey,
  type PutWrite,
} from '../../ports/state-store.ts';

export const INDEX_NAME = 'byIndex';
export const ATTRIBUTES = {
  partitionKey: 'pk',
  sortKey: 'sk',
  version: 'version',
  value: 'value',
  indexPartition: 'gsi1pk',
  indexSort: 'gsi1sk',
  /** Exact, for readers. */
  expiresAtMs: 'expiresAtMs',
  /** In seconds, for DynamoDB's own sweep. */
  timeToLive: 'ttl',
} as const;

export type Attributes = Record<string, AttributeValue>;

export function keyAttributes({ pk, sk }: ItemKey): Attributes {
  return { [ATTRIBUTES.partitionKey]: { S: pk }, [ATTRIBUTES.sortKey]: { S: sk } };
}

export function readItem(attributes: Attributes): Item {
  const text = (name: string): string | undefined => attributes[name]?.S;
  const partition = text(ATTRIBUTES.indexPartition);
  const sort = text(ATTRIBUTES.indexSort);
  const expiresAtMs = attributes[ATTRIBUTES.expiresAtMs]?.N;
  return {
    pk: text(ATTRIBUTES.partitionKey) ?? '',
    sk: text(ATTRIBUTES.sortKey) ?? '',
    version: Number(attributes[ATTRIBUTES.version]?.N),
    value: JSON.parse(text(ATTRIBUTES.value) ?? 'null') as unknown,
    ...(partition === undefined || sort === undefined ? {} : { index: { partition, sort } }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs: Number(expiresAtMs) }),
  };
}

/** What a put sets and what it takes away, beside its key and version. */
export function valueAttributes(put: PutWrite): {
  readonly set: Attributes;
  readonly remove: readonly string[];
} {
  const set: Attributes = { [ATTRIBUTES.value]: { S: JSON.stringify(put.value) } };
  const remove: string[] = [];
  if (put.index === undefined) remove.push(ATTRIBUTES.indexPartition, ATTRIBUTES.indexSort);
  else {
    set[ATTRIBUTES.indexPartition] = { S: put.index.partition };
    set[ATTRIBUTES.indexSort] = { S: put.index.sort };
  }
  if (put.expiresAtMs === undefined) remove.push(ATTRIBUTES.expiresAtMs, ATTRIBUTES.timeToLive);
  else {
    set[ATTRIBUTES.expiresAtMs] = { N: String(put.expiresAtMs) };
    set[ATTRIBUTES.timeToLive] = { N: String(Math.ceil(put.expiresAtMs / 1000)) };
  }
  return { set, remove };
}

/** @throws LimitExceeded for a key that DynamoDB would refuse. */
export function refuseBadKey({ pk, sk }: ItemKey): void {
  refuseBadText('partition key', pk, MAX_PARTITION_KEY_BYTES);
  refuseBadText('sort key', sk, MAX_SORT_KEY_BYTES);
}

function refuseBadText(what: string, text: string, limit: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes === 0 || bytes > limit)
    throw new LimitExceeded(`a ${what} of ${bytes} bytes, expected 1 to ${limit}`);
}

/** @throws LimitExceeded for an item that DynamoDB would refuse. @returns its size in bytes. */
export function refuseBadItem(put: PutWrite): number {
  if (put.index !== undefined) {
    refuseBadText('index partition', put.index.partition, MAX_PARTITION_KEY_BYTES);
    refuseBadText('index sort key', put.index.sort, MAX_SORT_KEY_BYTES);
  }
  const bytes = itemBytes({
    ...keyAttributes(put),
    [ATTRIBUTES.version]: { N: '1' },
    ...valueAttributes(put).set,
  });
  if (bytes > MAX_ITEM_BYTES) {
    throw new LimitExceeded(`item ${put.pk} / ${put.sk} of ${bytes} bytes, at most ${MAX_ITEM_BYTES}`);
  }
  return bytes;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html; a number counts 21 at most. */
const NUMBER_BYTES = 21;
function itemBytes(attributes: Attributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { S }]) => sum + name.length + (S === undefined ? NUMBER_BYTES : Buffer.byteLength(S)),
    0,
  );
}
