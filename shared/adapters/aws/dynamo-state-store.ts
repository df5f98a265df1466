import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { storedRecords, type RecordCodec } from '../../contracts/stored-records.ts';
import {
  ConditionFailed,
  LimitExceeded,
  MAX_TRANSACTION_WRITES,
  type Item,
  type ItemKey,
  type Page,
  type QueryOptions,
  type StateStore,
  type Write,
} from '../../ports/state-store.ts';
import type { TableName } from '../../topology.ts';
import { cursorAfter, placeOf, type Listing } from '../page-cursor.ts';
import { backoffMs, wait, type Sleep } from './batching.ts';
import { clientOptions } from './client-options.ts';
import { tableVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';
import {
  ATTRIBUTES,
  INDEX_NAME,
  keyAttributes,
  readItem,
  refuseBadItem,
  refuseBadKey,
  type Attributes,
} from './state-item.ts';
import { deleteExpression, transactItem, updateExpression } from './state-write.ts';

const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MAX_PAGE_ITEMS = 1000;
const MAX_CONFLICTS = 6;

const KEY = [ATTRIBUTES.partitionKey, ATTRIBUTES.sortKey];
const INDEX_KEY = [ATTRIBUTES.indexPartition, ATTRIBUTES.indexSort];

export class DynamoStateStore implements StateStore {
  readonly #environment: Environment;
  readonly #client: DynamoDBClient;
  readonly #sleep: Sleep;
  readonly #records: RecordCodec;

  constructor(
    environment: Environment,
    client = new DynamoDBClient(clientOptions(environment)),
    sleep: Sleep = wait,
    records: RecordCodec = storedRecords,
  ) {
    this.#environment = environment;
    this.#client = client;
    this.#sleep = sleep;
    this.#records = records;
  }

  async get<T>(table: TableName, key: ItemKey): Promise<Item<T> | null> {
    const command = new GetItemCommand({
      TableName: this.#tableName(table),
      Key: keyAttributes(key),
      ConsistentRead: true,
    });
    const { Item: found } = await reaching('DynamoDB', this.#client.send(command));
    return found === undefined ? null : this.#item<T>(table, found);
  }

  async query<T>(table: TableName, pk: string, sortPrefix: string, options: QueryOptions): Promise<Page<T>> {
    const input = { TableName: this.#tableName(table), ConsistentRead: true };
    // DynamoDB refuses an empty prefix, which to us means every sort key.
    const sort = sortPrefix === '' ? null : { expression: 'begins_with(#sort, :sort)', value: sortPrefix };
    const listing = { kind: 'partition', table, partition: pk, sortPrefix } as const;
    return this.#page({ ...input, ...keyCondition(KEY, pk, sort) }, listing, options);
  }

  async queryIndex<T>(
    table: TableName,
    partition: string,
    options: QueryOptions & { sortUpTo?: string },
  ): Promise<Page<T>> {
    const input = { TableName: this.#tableName(table), IndexName: INDEX_NAME };
    const { sortUpTo } = options;
    const sort = sortUpTo === undefined ? null : { expression: '#sort <= :sort', value: sortUpTo };
    const listing = { kind: 'index', table, partition, sortUpTo } as const;
    return this.#page({ ...input, ...keyCondition(INDEX_KEY, partition, sort) }, listing, options);
  }

  async write(given: Write): Promise<void> {
    // Only a transaction can check without writing.
    if (given.kind === 'check') return this.transact([given]);
    const write = this.#asStored(given);
    refuseImpossible([write]);
    const tableName = this.#tableName(write.table);
    await this.#commit([write], async () => {
      if (write.kind === 'put')
        await this.#client.send(new UpdateItemCommand(updateExpression(tableName, write)));
      else await this.#client.send(new DeleteItemCommand(deleteExpression(tableName, write)));
    });
  }

  async transact(given: readonly Write[]): Promise<void> {
    const writes = given.map((write) => this.#asStored(write));
    refuseImpossible(writes);
    const TransactItems = writes.map((write) => transactItem(this.#tableName(write.table), write));
    await this.#commit(writes, async () => {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
    });
  }

  /** Tries again while another transaction holds one of the items: that says nothing about the conditions. */
  async #commit(writes: readonly Write[], attempt: () => Promise<void>): Promise<void> {
    await reaching('DynamoDB', this.#commitOrConflict(writes, attempt));
  }

  async #commitOrConflict(writes: readonly Write[], attempt: () => Promise<void>): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      try {
        await attempt();
        return;
      } catch (error) {
        const failed = failedCondition(error, writes);
        if (failed !== null) throw new ConditionFailed({ pk: failed.pk, sk: failed.sk });
        if (!isConflict(error) || attempts === MAX_CONFLICTS) throw error;
      }
      await this.#sleep(backoffMs(attempts));
    }
  }

  /** Asks for one item more than wanted, so that a cursor is given only when something follows. */
  async #page<T>(input: QueryCommandInput, listing: Listing, options: QueryOptions): Promise<Page<T>> {
    const { limit, after } = options;
    if (limit < 1 || limit > MAX_PAGE_ITEMS) {
      throw new LimitExceeded(`a page of ${limit} items, expected 1 to ${MAX_PAGE_ITEMS}`);
    }
    const found: Attributes[] = [];
    let from = after === undefined ? undefined : startKey(listing, after);
    do {
      const command = new QueryCommand({
        ...input,
        ScanIndexForward: options.descending !== true,
        Limit: limit + 1 - found.length,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const response = await reaching('DynamoDB', this.#client.send(command));
      found.push(...(response.Items ?? []));
      from = response.LastEvaluatedKey;
    } while (from !== undefined && found.length <= limit);
    const items = found.slice(0, limit).map((item) => this.#item<T>(listing.table, item));
    const last = items.at(-1);
    return { items, next: found.length > limit && last !== undefined ? cursorAfter(listing, last) : null };
  }

  #item<T>(table: TableName, attributes: Attributes): Item<T> {
    const item = readItem(attributes);
    return { ...item, value: this.#records.record(table, item, item.value) as T };
  }

  #asStored<W extends Write>(write: W): W {
    return write.kind === 'put'
      ? { ...write, value: this.#records.stored(write.table, write, write.value) }
      : write;
  }

  #tableName(table: TableName): string {
    return this.#environment.text(tableVariable(table));
  }
}

/** @throws BadCursor for what DynamoDB would answer with a validation error. */
function startKey(listing: Listing, after: string): Attributes {
  const [sort, pk, sk] = placeOf(after, listing);
  const key = keyAttributes({ pk, sk });
  if (listing.kind === 'partition') return key;
  const { indexPartition, indexSort } = ATTRIBUTES;
  return { ...key, [indexPartition]: { S: listing.partition }, [indexSort]: { S: sort } };
}

function keyCondition(
  [partitionName, sortName]: readonly string[],
  partition: string,
  sort: { readonly expression: string; readonly value: string } | null,
): Pick<
  QueryCommandInput,
  'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> {
  return {
    KeyConditionExpression: `#partition = :partition${sort === null ? '' : ` AND ${sort.expression}`}`,
    ExpressionAttributeNames: {
      '#partition': partitionName!,
      ...(sort === null ? {} : { '#sort': sortName! }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...(sort === null ? {} : { ':sort': { S: sort.value } }),
    },
  };
}

/** @returns the first write whose condition did not hold; null: the error means something else. */
function failedCondition(error: unknown, writes: readonly Write[]): Write | null {
  if (error instanceof ConditionalCheckFailedException) return writes[0] ?? null;
  if (!(error instanceof TransactionCanceledException)) return null;
  const index = reasonCodes(error).indexOf('ConditionalCheckFailed');
  return writes[index] ?? null;
}

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  return error instanceof TransactionCanceledException && reasonCodes(error).includes('TransactionConflict');
}

function reasonCodes(error: TransactionCanceledException): readonly (string | undefined)[] {
  return (error.CancellationReasons ?? []).map(({ Code }) => Code);
}

function refuseImpossible(writes: readonly Write[]): void {
  if (writes.length < 1 || writes.length > MAX_TRANSACTION_WRITES) {
    throw new LimitExceeded(
      `a transaction of ${writes.length} writes, expected 1 to ${MAX_TRANSACTION_WRITES}`,
    );
  }
  const items = new Set(writes.map(({ table, pk, sk }) => JSON.stringify([table, pk, sk])));
  if (items.size < writes.length) throw new LimitExceeded('a transaction writes one item twice');
  for (const write of writes) refuseBadKey(write);
  const bytes = writes.reduce((sum, write) => sum + (write.kind === 'put' ? refuseBadItem(write) : 0), 0);
  if (bytes > MAX_TRANSACTION_BYTES) {
    throw new LimitExceeded(`a transaction of ${bytes} bytes, at most ${MAX_TRANSACTION_BYTES}`);
  }
}
