import { describe, expect, it } from '@jest/globals';
import { LimitExceeded } from '../../ports/state-store.ts';
import { parseEnvironment } from './environment.ts';
import { scriptedClient, type Sent } from './scripted-client.ts';
import { SqsQueueSender } from './sqs-queue-sender.ts';

interface SendBatch {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

const environment = parseEnvironment({ QUEUE_ORDERS_URGENT_URL: 'https://sqs/urgent' }, []);
const noSleep = async (): Promise<void> => {};
const message = (groupId: string, body: string) => ({
  groupId,
  body,
  deduplicationId: `id-${body.length}-${body.slice(0, 9)}`,
});
const bodies = ({ Entries }: SendBatch): string[] => Entries.map((entry) => entry.MessageBody);
const accept = ({ input }: Sent<SendBatch>): { Successful: object[] } => ({
  Successful: input.Entries.map(({ Id }) => ({ Id })),
});

describe('SqsQueueSender', () => {
  it('never lets a later message of a group overtake a refused one', async () => {
    const { client, sent } = scriptedClient<SendBatch>((call, index) => {
      const { Successful } = accept(call);
      if (index > 0) return { Successful };
      return { Successful: Successful.slice(1), Failed: [{ Id: '0', Code: 'InternalError' }] };
    });
    const sender = new SqsQueueSender(environment, client, noSleep);
    await sender.send('orders-urgent', [message('s1', 'a'), message('s1', 'b'), message('s2', 'c')]);
    expect(sent.map(({ input }) => bodies(input))).toEqual([['a', 'c'], ['a'], ['b']]);
  });

  it('splits messages that are together over 256 KB, and refuses one that is so alone', async () => {
    const { client, sent } = scriptedClient(accept);
    const sender = new SqsQueueSender(environment, client, noSleep);
    const large = 'x'.repeat(150 * 1024);
    await sender.send('orders-urgent', [message('s1', large), message('s2', large)]);
    expect(sent).toHaveLength(2);
    const tooLarge = message('s1', 'x'.repeat(257 * 1024));
    await expect(sender.send('orders-urgent', [tooLarge])).rejects.toThrow(LimitExceeded);
    expect(sent).toHaveLength(2);
  });

  it('refuses more than ten messages, and ids that SQS would refuse', async () => {
    const { client, sent } = scriptedClient(accept);
    const sender = new SqsQueueSender(environment, client, noSleep);
    const eleven = Array.from({ length: 11 }, (_, n) => message(`s${n}`, 'x'));
    await expect(sender.send('orders-urgent', eleven)).rejects.toThrow(LimitExceeded);
    await expect(sender.send('orders-urgent', [message('Zürich', 'x')])).rejects.toThrow(LimitExceeded);
    expect(sent).toEqual([]);
  });
});
