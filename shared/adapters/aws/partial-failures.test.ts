import { describe, expect, it } from '@jest/globals';
import { LimitExceeded } from '../../ports/state-store.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { parseEnvironment } from './environment.ts';
import { EventBridgeBus } from './event-bridge-bus.ts';
import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { PutRecordsCommandInput } from '@aws-sdk/client-kinesis';
import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { KinesisStreamWriter } from './kinesis-stream-writer.ts';
import { scriptedClient } from './scripted-client.ts';
import { SqsQueueSender } from './sqs-queue-sender.ts';

const environment = parseEnvironment(
  { STREAM_TRADES: 'trades-1', EVENT_BUS_NAME: 'bus-1', QUEUE_ORDERS_URGENT_URL: 'https://sqs/urgent' },
  [],
);
const noSleep = async (): Promise<void> => {};
const record = (lane: string, text: string) => ({ partitionKey: lane, data: Buffer.from(text) });
const texts = (input: { Records: { Data: Uint8Array }[] }): string[] =>
  input.Records.map(({ Data }) => Buffer.from(Data).toString());

describe('KinesisStreamWriter', () => {
  it('never lets a later record of a lane overtake a refused one', async () => {
    const client = scriptedClient<PutRecordsCommandInput>(({ input }, call) => ({
      Records: input.Records?.map((_, index) =>
        call === 0 && index === 0
          ? { ErrorCode: 'ProvisionedThroughputExceededException' }
          : { SequenceNumber: '1' },
      ),
    }));
    const writer = new KinesisStreamWriter(environment, client.client, noSleep);
    await writer.append('trades', [
      record('a', 'a1'),
      record('a', 'a2'),
      record('b', 'b1'),
      record('a', 'a3'),
    ]);
    expect(client.sent.map(({ input }) => texts(input))).toEqual([['a1', 'b1'], ['a1'], ['a2'], ['a3']]);
    expect(client.sent[0]!.input.StreamName).toBe('trades-1');
  });

  it('refuses what Kinesis would refuse before it sends anything', async () => {
    const client = scriptedClient<PutRecordsCommandInput>(() => ({}));
    const writer = new KinesisStreamWriter(environment, client.client, noSleep);
    const megabyte = { partitionKey: 'a', data: new Uint8Array(1024 * 1024) };
    await expect(writer.append('trades', [megabyte])).rejects.toThrow(LimitExceeded);
    const records = Array.from({ length: 501 }, (_, n) => record(`lane${n}`, 'x'));
    await expect(writer.append('trades', records)).rejects.toThrow(LimitExceeded);
    const large = Array.from({ length: 6 }, () => ({ partitionKey: 'a', data: new Uint8Array(900_000) }));
    await expect(writer.append('trades', large)).rejects.toThrow(LimitExceeded);
    expect(client.sent).toEqual([]);
  });
});

describe('EventBridgeBus', () => {
  const event = (reason: string): BusEvent => ({
    detailType: 'OrderRejectedV1',
    detail: { clientOrderId: reason, strategyId: reason, reason, timeMs: 0 },
  });
  const accept = ({ input }: { input: { Entries: unknown[] } }): unknown => ({
    Entries: input.Entries.map(() => ({ EventId: '1' })),
  });

  it('sends at most ten events a call, and again those that were refused', async () => {
    const client = scriptedClient((sent, call) => {
      const answer = accept(sent) as { Entries: object[] };
      if (call === 0) answer.Entries[3] = { ErrorCode: 'ThrottlingException' };
      return answer;
    });
    const bus = new EventBridgeBus(environment, client.client, noSleep);
    await bus.publish(Array.from({ length: 12 }, (_, n) => event(`r${n}`)));
    const reasons = client.sent.map(({ input }) =>
      input.Entries.map((e: { Detail: string }) => JSON.parse(e.Detail).reason),
    );
    expect(reasons.map((list) => list.length)).toEqual([10, 1, 2]);
    expect(reasons[1]).toEqual(['r3']);
    expect(client.sent[0]!.input.Entries[0]).toMatchObject({
      EventBusName: 'bus-1',
      Source: 'millrace',
      DetailType: 'OrderRejectedV1',
    });
  });

  it('refuses an event over 256 KB, and then sends none', async () => {
    const client = scriptedClient(accept);
    const bus = new EventBridgeBus(environment, client.client, noSleep);
    await expect(bus.publish([event('small'), event('x'.repeat(256 * 1024))])).rejects.toThrow(LimitExceeded);
    expect(client.sent).toEqual([]);
  });
});

describe('SqsQueueSender', () => {
  const message = (groupId: string, body: string) => ({ groupId, body, deduplicationId: body });
  const bodies = (input: { Entries: { MessageBody: string }[] }): string[] =>
    input.Entries.map((entry) => entry.MessageBody);
  const accept = ({
    input,
  }: {
    input: { Entries: { Id: string }[] };
  }): { Successful: { Id: string }[]; Failed?: object[] } => ({
    Successful: input.Entries.map(({ Id }) => ({ Id })),
  });

  it('never lets a later message of a group overtake a refused one', async () => {
    const client = scriptedClient((sent, call) => {
      const answer = accept(sent);
      if (call > 0) return answer;
      return { Successful: answer.Successful.slice(1), Failed: [{ Id: '0', Code: 'InternalError' }] };
    });
    const sender = new SqsQueueSender(environment, client.client, noSleep);
    await sender.send('orders-urgent', [message('s1', 'a'), message('s1', 'b'), message('s2', 'c')]);
    expect(client.sent.map(({ input }) => bodies(input))).toEqual([['a', 'c'], ['a'], ['b']]);
  });

  it('splits messages that are together over 256 KB, and refuses one that is so alone', async () => {
    const client = scriptedClient(accept);
    const sender = new SqsQueueSender(environment, client.client, noSleep);
    const large = 'x'.repeat(150 * 1024);
    await sender.send('orders-urgent', [message('s1', large), message('s2', large)]);
    expect(client.sent).toHaveLength(2);
    await expect(sender.send('orders-urgent', [message('s1', 'x'.repeat(257 * 1024))])).rejects.toThrow(
      LimitExceeded,
    );
    const eleven = Array.from({ length: 11 }, (_, n) => message(`s${n}`, 'x'));
    await expect(sender.send('orders-urgent', eleven)).rejects.toThrow(LimitExceeded);
    expect(client.sent).toHaveLength(2);
  });
});
