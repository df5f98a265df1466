import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from './environment.ts';
import { scriptedClient } from './scripted-client.ts';
import { SqsDeadLetters } from './sqs-dead-letters.ts';

interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string }[];
}

const environment = parseEnvironment(
  { QUEUE_ORDERS_URGENT_URL: 'https://sqs/urgent', QUEUE_ORDERS_URGENT_DEAD_LETTERS_URL: 'https://sqs/dead' },
  [],
);
const message = (id: string, group: string) => ({
  MessageId: id,
  Body: `body of ${id}`,
  ReceiptHandle: `handle of ${id}`,
  Attributes: { MessageGroupId: group },
});

describe('SqsDeadLetters', () => {
  it('counts what waits and what is just being looked at', async () => {
    const { client } = scriptedClient(() => ({
      Attributes: { ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesNotVisible: '1' },
    }));
    expect(await new SqsDeadLetters(environment, client).count('orders-urgent')).toBe(3);
  });

  it('moves messages back in the order of their groups, each under a new deduplication id, until none is left', async () => {
    const { client, sent } = scriptedClient<Batch>(({ command, input }, index) => {
      if (command === 'SendMessageBatchCommand') return { Successful: input.Entries };
      if (index > 0) return {};
      return { Messages: [message('1', 's1'), message('2', 's1'), message('3', 's2')] };
    });
    await new SqsDeadLetters(environment, client).redrive('orders-urgent');
    const moves = sent.filter(({ command }) => command !== 'ReceiveMessageCommand').map(({ input }) => input);
    expect(moves.map(({ QueueUrl }) => QueueUrl)).toEqual([
      'https://sqs/urgent',
      'https://sqs/dead',
      'https://sqs/urgent',
      'https://sqs/dead',
    ]);
    expect(moves[0]!.Entries).toMatchObject([
      { MessageBody: 'body of 1', MessageGroupId: 's1', MessageDeduplicationId: 'redriven-1' },
      { MessageBody: 'body of 3', MessageGroupId: 's2', MessageDeduplicationId: 'redriven-3' },
    ]);
    expect(moves[1]!.Entries).toMatchObject([
      { ReceiptHandle: 'handle of 1' },
      { ReceiptHandle: 'handle of 3' },
    ]);
    expect(moves[2]!.Entries).toMatchObject([{ MessageDeduplicationId: 'redriven-2' }]);
  });

  it('leaves a message where it is when its queue refuses it, and says so', async () => {
    const { client, sent } = scriptedClient<Batch>(({ command }) => {
      if (command === 'ReceiveMessageCommand') return { Messages: [message('1', 's1')] };
      return { Failed: [{ Id: '0', Code: 'AccessDenied', Message: 'no' }] };
    });
    await expect(new SqsDeadLetters(environment, client).redrive('orders-urgent')).rejects.toThrow(
      'redrive: AccessDenied no',
    );
    expect(sent.map(({ command }) => command)).toEqual(['ReceiveMessageCommand', 'SendMessageBatchCommand']);
  });
});
