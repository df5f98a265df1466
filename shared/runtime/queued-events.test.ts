import { describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { busEvent, invocation } from '../../test/support/trading-ports.ts';
import { takingQueuedEvents } from './queued-events.ts';

const queued = (...bodies: string[]) =>
  ({ Records: bodies.map((body, i) => ({ messageId: String(i), body })) }) as SQSEvent;

describe('events that come out of a queue', () => {
  it('are given to the handler as the bus gives them, and each that fails comes again alone', async () => {
    const seen: unknown[] = [];
    const handler = takingQueuedEvents(async (event: { detail: string }) => {
      if (event.detail === 'bad') throw new Error('cannot');
      seen.push(event);
    });
    const [first, bad, last] = ['first', 'bad', 'last'].map((detail) => busEvent('CandlesClosedV1', detail));
    const answer = await handler(
      queued(...[first, bad, last].map((event) => JSON.stringify(event))),
      invocation,
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(seen).toEqual([first, last]);
  });

  it('that are no JSON fail, and hold up no other', async () => {
    let calls = 0;
    const handler = takingQueuedEvents(async () => {
      calls++;
    });
    expect(await handler(queued('{', '{}'), invocation)).toEqual({
      batchItemFailures: [{ itemIdentifier: '0' }],
    });
    expect(calls).toBe(1);
  });
});
