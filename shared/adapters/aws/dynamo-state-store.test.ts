import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { BadCursor, ConditionFailed, type PutWrite } from '../../ports/state-store.ts';
import { DynamoStateStore } from './dynamo-state-store.ts';
import { parseEnvironment } from './environment.ts';
import { scriptedClient } from './scripted-client.ts';
import { recordsAsGiven } from '../../../test/support/records-as-given.ts';

interface Input {
  readonly Limit: number;
  readonly ExclusiveStartKey: object;
  readonly ExpressionAttributeValues: object;
}

const environment = parseEnvironment({ TABLE_ORDERS: 'orders-1' }, []);
const noSleep = async (): Promise<void> => {};
const put = (pk: string, condition: PutWrite['condition'] = { kind: 'none' }): PutWrite => ({
  kind: 'put',
  table: 'orders',
  pk,
  sk: 'ITEM',
  value: { n: 1 },
  condition,
});
const canceled = (...codes: string[]): TransactionCanceledException =>
  new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('DynamoStateStore', () => {
  it('names the item whose condition failed, also when another was only busy', async () => {
    const client = scriptedClient<Input>(() => {
      throw canceled('TransactionConflict', 'ConditionalCheckFailed', 'None');
    });
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    const failing = store.transact([put('a'), put('b', { kind: 'absent' }), put('c')]);
    await expect(failing).rejects.toMatchObject({ name: 'ConditionFailed', failed: { pk: 'b', sk: 'ITEM' } });
    expect(client.sent).toHaveLength(1);
  });

  it('tries again while another transaction holds an item, and gives up in the end', async () => {
    const passing = scriptedClient<Input>((_, call) => {
      if (call < 2) throw canceled('None', 'TransactionConflict');
      return {};
    });
    await new DynamoStateStore(environment, passing.client, noSleep, recordsAsGiven).transact([
      put('a'),
      put('b'),
    ]);
    expect(passing.sent).toHaveLength(3);

    const stuck = scriptedClient<Input>(() => {
      throw canceled('TransactionConflict');
    });
    const store = new DynamoStateStore(environment, stuck.client, noSleep, recordsAsGiven);
    await expect(store.transact([put('a')])).rejects.toThrow(TransactionCanceledException);
    expect(stuck.sent).toHaveLength(6);
  });

  it('reads by keys what was last written, never an older copy', async () => {
    const client = scriptedClient<Input & { readonly ConsistentRead: boolean }>(() => ({}));
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    await store.get('orders', { pk: 'a', sk: 'ITEM' });
    await store.query('orders', 'a', 'ITEM', { limit: 1 });
    expect(client.sent.map(({ input }) => input.ConsistentRead)).toEqual([true, true]);
  });

  it('says of a single write that its condition failed', async () => {
    const client = scriptedClient<Input>(() => {
      throw new ConditionalCheckFailedException({ message: 'failed', $metadata: {} });
    });
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    await expect(store.write(put('a', { kind: 'version', version: 3 }))).rejects.toThrow(ConditionFailed);
  });

  it('leaves the sweep time in seconds to DynamoDB and the exact one to readers', async () => {
    const client = scriptedClient<Input>(() => ({}));
    await new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven).write({
      ...put('a'),
      expiresAtMs: 1_500,
    });
    expect(client.sent[0]!.input.ExpressionAttributeValues).toMatchObject({
      ':expiresAtMs': { N: '1500' },
      ':ttl': { N: '2' },
    });
  });

  it('reads on over short pages, and gives a cursor only when something follows', async () => {
    const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk }, version: { N: '1' }, value: { S: '1' } });
    const client = scriptedClient<Input>((_, call) =>
      call === 0
        ? { Items: [item('1')], LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: '1' } } }
        : { Items: [item('2')] },
    );
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    const page = await store.query('orders', 'p', '', { limit: 2 });
    expect(page.items.map(({ sk }) => sk)).toEqual(['1', '2']);
    expect(page.next).toBeNull();
    expect(client.sent[1]!.input).toMatchObject({ Limit: 2, ExclusiveStartKey: { sk: { S: '1' } } });
  });

  it('goes on where a page of the listing ended, in its index too', async () => {
    const item = (sk: string) => ({
      ...{ pk: { S: 'p' }, sk: { S: sk }, version: { N: '1' }, value: { S: '1' } },
      ...{ gsi1pk: { S: 'i' }, gsi1sk: { S: `sort ${sk}` } },
    });
    const client = scriptedClient<Input>(() => ({ Items: [item('1'), item('2')] }));
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    const { next } = await store.query('orders', 'p', '', { limit: 1 });
    const { next: nextInIndex } = await store.queryIndex('orders', 'i', { limit: 1 });
    await store.query('orders', 'p', '', { limit: 1, after: next! });
    await store.queryIndex('orders', 'i', { limit: 1, after: nextInIndex! });
    const key = { pk: { S: 'p' }, sk: { S: '1' } };
    expect(client.sent.slice(2).map(({ input }) => input.ExclusiveStartKey)).toEqual([
      key,
      { ...key, gsi1pk: { S: 'i' }, gsi1sk: { S: 'sort 1' } },
    ]);
  });

  it('never asks DynamoDB about a cursor of another listing', async () => {
    const client = scriptedClient<Input>(() => ({}));
    const store = new DynamoStateStore(environment, client.client, noSleep, recordsAsGiven);
    const after = Buffer.from('["orders","another","1"]').toString('base64url');
    await expect(store.query('orders', 'p', '', { limit: 2, after })).rejects.toThrow(BadCursor);
    expect(client.sent).toEqual([]);
  });
});
