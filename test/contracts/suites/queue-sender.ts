/** What every QueueSender promises. Groups and deduplication ids are fresh each run, so it may run over a queue that others use. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES_A_CALL,
  type QueueMessage,
  type QueueSender,
} from '../../../shared/ports/queue-sender.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import type { QueueName } from '../../../shared/topology.ts';
import { eventually } from './eventually.ts';

export interface QueueSenderUnderTest {
  readonly queues: QueueSender;
  /** Receives and removes what can be received from the queue now, in the order of delivery; empty: nothing was there. */
  receive(queue: QueueName): Promise<readonly QueueMessage[]>;
  close(): Promise<void>;
}

const QUEUE: QueueName = 'orders-standard';

export function describeQueueSender(name: string, open: () => Promise<QueueSenderUnderTest>): void {
  describe(`${name} keeps the promises of a QueueSender`, () => {
    let underTest: QueueSenderUnderTest;
    let queues: QueueSender;
    const received: QueueMessage[] = [];
    beforeAll(async () => {
      underTest = await open();
      queues = underTest.queues;
    });
    afterAll(async () => underTest.close());

    const ofGroup = async (groupId: string): Promise<QueueMessage[]> => {
      received.push(...(await underTest.receive(QUEUE)));
      return received.filter((message) => message.groupId === groupId);
    };
    const bodiesOf = async (groupId: string): Promise<string[]> =>
      (await ofGroup(groupId)).map((message) => message.body);
    const expectBodies = (groupId: string, bodies: readonly string[]): Promise<void> =>
      eventually(
        () => bodiesOf(groupId),
        (got) => expect(got).toEqual(bodies),
      );

    it('gives back the message as it was sent', async () => {
      const message = messageOf(randomUUID(), '{"text":"Zürich 🚀 \\"quoted\\""}');
      await queues.send(QUEUE, [message]);
      await eventually(
        () => ofGroup(message.groupId),
        (messages) => expect(messages).toEqual([message]),
      );
    });

    it('keeps the order inside each group, over calls and inside them', async () => {
      const groups = [randomUUID(), randomUUID()];
      for (let call = 0; call < 4; call++) {
        const bodies = [0, 1, 2, 3].map((n) => `${call}.${n}`);
        await queues.send(
          QUEUE,
          bodies.flatMap((body) => groups.map((group) => messageOf(group, body))),
        );
      }
      const expected = [0, 1, 2, 3].flatMap((call) => [0, 1, 2, 3].map((n) => `${call}.${n}`));
      for (const group of groups) await expectBodies(group, expected);
    });

    it('accepts a message that comes again and drops it, in one call and in the next', async () => {
      const group = randomUUID();
      const [first, second] = [messageOf(group, 'first'), messageOf(group, 'second')];
      await queues.send(QUEUE, [first, { ...first, body: 'first again' }]);
      await queues.send(QUEUE, [first, second]);
      await expectBodies(group, ['first', 'second']);
      await queues.send(QUEUE, [first]);
      await queues.send(QUEUE, [messageOf(group, 'last')]);
      await expectBodies(group, ['first', 'second', 'last']);
    });

    it('keeps queues apart, their deduplication too', async () => {
      const message = messageOf(randomUUID(), 'urgent');
      await queues.send('orders-urgent', [message]);
      await queues.send(QUEUE, [{ ...message, body: 'standard' }]);
      await expectBodies(message.groupId, ['standard']);
      await eventually(
        () => underTest.receive('orders-urgent'),
        (messages) => expect(messages).toContainEqual(message),
      );
    });

    it('takes an empty call as nothing to do', async () => {
      await queues.send(QUEUE, []);
    });

    it(`takes ${MAX_MESSAGES_A_CALL} messages a call and refuses one more, whole`, async () => {
      const group = randomUUID();
      const messages = Array.from({ length: MAX_MESSAGES_A_CALL + 1 }, (_, n) => messageOf(group, String(n)));
      await expect(queues.send(QUEUE, messages)).rejects.toThrow(LimitExceeded);
      await queues.send(QUEUE, messages.slice(1));
      await expectBodies(
        group,
        messages.slice(1).map((message) => message.body),
      );
    });

    it('takes a message near 256 KB and refuses a larger one, with its whole call', async () => {
      const group = randomUUID();
      const tooLarge = messageOf(group, 'ü'.repeat(MAX_MESSAGE_BYTES / 2 + 1));
      await expect(queues.send(QUEUE, [messageOf(group, 'small'), tooLarge])).rejects.toThrow(LimitExceeded);
      const near = messageOf(group, 'x'.repeat(MAX_MESSAGE_BYTES - 1024));
      await queues.send(QUEUE, [near]);
      await expectBodies(group, [near.body]);
    });

    it('refuses ids that are empty, too long or hold other than printable ASCII', async () => {
      for (const id of ['', 'x'.repeat(129), 'Zürich', 'a b']) {
        await expect(queues.send(QUEUE, [{ ...messageOf('group', 'x'), groupId: id }])).rejects.toThrow(
          LimitExceeded,
        );
        await expect(
          queues.send(QUEUE, [{ ...messageOf('group', 'x'), deduplicationId: id }]),
        ).rejects.toThrow(LimitExceeded);
      }
    });
  });
}

function messageOf(groupId: string, body: string): QueueMessage {
  return { body, groupId, deduplicationId: randomUUID() };
}
