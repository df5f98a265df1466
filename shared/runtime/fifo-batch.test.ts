import { describe, expect, it } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { Unreachable } from '../ports/unreachable.ts';
import { parsedBody, takeInOrder } from './fifo-batch.ts';

const message = (messageId: string, MessageGroupId?: string): SQSRecord =>
  ({ messageId, body: messageId, attributes: { MessageGroupId } }) as SQSRecord;

async function taken(messages: readonly SQSRecord[], failing: readonly string[], cause = new Error('no')) {
  const done: string[] = [];
  const said: string[] = [];
  const { batchItemFailures } = await takeInOrder(
    messages,
    async ({ messageId }) => {
      if (failing.includes(messageId)) throw cause;
      done.push(messageId);
    },
    ({ messageId }, error) => {
      expect(error).toBe(cause);
      said.push(messageId);
    },
  );
  return { done, said, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('a batch of a FIFO queue', () => {
  it('is taken in its order, and what follows a failure in its group waits for it', async () => {
    const messages = [message('a1', 'a'), message('b1', 'b'), message('a2', 'a'), message('b2', 'b')];
    expect(await taken(messages, [])).toEqual({ done: ['a1', 'b1', 'a2', 'b2'], said: [], failed: [] });
    expect(await taken(messages, ['a1'])).toEqual({ done: ['b1', 'b2'], said: ['a1'], failed: ['a1', 'a2'] });
    expect(await taken(messages, ['a2'])).toEqual({ done: ['a1', 'b1', 'b2'], said: ['a2'], failed: ['a2'] });
  });

  it('counts as one group where no group is told', async () => {
    const messages = [message('1'), message('2'), message('3')];
    expect(await taken(messages, ['2'])).toEqual({ done: ['1'], said: ['2'], failed: ['2', '3'] });
  });

  it('comes again as a whole when a store cannot be reached', async () => {
    const away = new Unreachable('state', 'refused');
    await expect(taken([message('1'), message('2')], ['2'], away)).rejects.toBe(away);
  });
});

it('reads text that is no JSON as nothing that a schema takes', () => {
  expect(parsedBody({ ...message('x'), body: '{"a":1}' })).toEqual({ a: 1 });
  expect(parsedBody({ ...message('x'), body: '{"a":' })).toBeUndefined();
});
