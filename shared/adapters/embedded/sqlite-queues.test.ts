import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { QueueMessage } from '../../ports/queue-sender.ts';
import { openDatabase } from './database.ts';
import type { ReceivedMessage } from '../delivery.ts';
import { SqliteQueues } from './sqlite-queues.ts';
import { STATE_SCHEMA } from './state-database.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const QUEUE = 'orders-standard';
const DEFINITION = { groupId: 'strategyId', visibilityTimeoutSeconds: 30, maxReceives: 3 };
const DEFINITIONS = { desks: DEFINITION, 'orders-urgent': DEFINITION, 'orders-standard': DEFINITION };
const START_MS = 1_000_000;

function open(path = ':memory:') {
  const clock = { nowMs: START_MS };
  const database = openDatabase(path, STATE_SCHEMA);
  return { database, clock, queues: new SqliteQueues(database, DEFINITIONS, () => clock.nowMs) };
}
/** `a1` is message 1 of group a. */
const messages = (...names: string[]): QueueMessage[] =>
  names.map((name) => ({ body: name, groupId: name[0]!, deduplicationId: name }));
const bodies = (received: readonly ReceivedMessage[]) => received.map((message) => message.body);

describe('SqliteQueues', () => {
  it('delivers in the order sent and says how often and since when', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1', 'b1', 'a2'));
    const received = queues.receive(QUEUE, 10, START_MS);
    expect(bodies(received)).toEqual(['a1', 'b1', 'a2']);
    expect(received[0]).toMatchObject({
      groupId: 'a',
      deduplicationId: 'a1',
      receiveCount: 1,
      sentAtMs: START_MS,
    });
  });

  it('holds back a group while one of its messages is hidden, and no other group', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1', 'a2', 'b1'));
    const [first] = queues.receive(QUEUE, 1, START_MS);
    expect(bodies(queues.receive(QUEUE, 10, START_MS))).toEqual(['b1']);
    await queues.send(QUEUE, messages('a3'));
    expect(queues.receive(QUEUE, 10, START_MS)).toEqual([]);
    queues.remove(QUEUE, first!.receiptHandle);
    expect(bodies(queues.receive(QUEUE, 10, START_MS))).toEqual(['a2', 'a3']);
  });

  it('shows a message again, in its place, when its visibility has timed out', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1', 'a2'));
    queues.receive(QUEUE, 1, START_MS);
    expect(queues.receive(QUEUE, 10, START_MS + 29_999)).toEqual([]);
    const again = queues.receive(QUEUE, 10, START_MS + 30_000);
    expect(again.map((message) => [message.body, message.receiveCount])).toEqual([
      ['a1', 2],
      ['a2', 1],
    ]);
  });

  it('shows a released message again from the time given, and nothing of its group before', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1', 'a2'));
    const [first, second] = queues.receive(QUEUE, 2, START_MS);
    queues.release(QUEUE, first!.receiptHandle, START_MS + 500);
    queues.release(QUEUE, second!.receiptHandle, 0);
    expect(queues.receive(QUEUE, 10, START_MS + 499)).toEqual([]);
    expect(queues.nextVisibleAtMs(QUEUE)).toBe(START_MS + 500);
    expect(bodies(queues.receive(QUEUE, 10, START_MS + 500))).toEqual(['a1', 'a2']);
  });

  it('ignores a receipt of an earlier delivery', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1'));
    const [first] = queues.receive(QUEUE, 1, START_MS);
    const [second] = queues.receive(QUEUE, 1, START_MS + 30_000);
    queues.remove(QUEUE, first!.receiptHandle);
    expect(queues.pendingCount(QUEUE)).toBe(1);
    queues.release(QUEUE, first!.receiptHandle, 0);
    expect(queues.receive(QUEUE, 1, START_MS + 30_000)).toEqual([]);
    queues.remove(QUEUE, second!.receiptHandle);
    expect(queues.pendingCount(QUEUE)).toBe(0);
  });

  it('sets a message aside after its last delivery, and the group goes on', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1', 'a2', 'b1'));
    for (let attempt = 0; attempt < 3; attempt++) {
      const [poison, ...others] = queues.receive(QUEUE, 1, START_MS);
      expect([poison?.body, poison?.receiveCount, others]).toEqual(['a1', attempt + 1, []]);
      queues.release(QUEUE, poison!.receiptHandle, 0);
    }
    expect(await queues.count(QUEUE)).toBe(0);
    expect(bodies(queues.receive(QUEUE, 10, START_MS))).toEqual(['a2', 'b1']);
    expect(await queues.count(QUEUE)).toBe(1);
    expect(queues.deadLetters(10)).toMatchObject([{ queue: QUEUE, body: 'a1' }]);
    expect(queues.pendingCount(QUEUE)).toBe(2);
  });

  it('redrives dead letters behind what waits, to be tried anew', async () => {
    const { queues } = open();
    await queues.send(QUEUE, messages('a1'));
    for (let attempt = 0; attempt < 3; attempt++) {
      queues.release(QUEUE, queues.receive(QUEUE, 1, START_MS)[0]!.receiptHandle, 0);
    }
    expect(queues.receive(QUEUE, 10, START_MS)).toEqual([]);
    await queues.send(QUEUE, messages('a2'));
    const heard: string[] = [];
    queues.onSend((queue) => heard.push(queue));
    await queues.redrive(QUEUE);
    expect(heard).toEqual([QUEUE]);
    expect(await queues.count(QUEUE)).toBe(0);
    expect(queues.pendingCount(QUEUE)).toBe(2);
    const received = queues.receive(QUEUE, 10, START_MS);
    expect(received.map((message) => [message.body, message.receiveCount])).toEqual([
      ['a2', 1],
      ['a1', 1],
    ]);
    await queues.redrive(QUEUE);
    expect(heard).toHaveLength(1);
  });

  it('takes a deduplication id again after five minutes, whatever became of the message', async () => {
    const { queues, clock } = open();
    await queues.send(QUEUE, messages('a1'));
    queues.remove(QUEUE, queues.receive(QUEUE, 1, START_MS)[0]!.receiptHandle);
    clock.nowMs = START_MS + 299_999;
    await queues.send(QUEUE, messages('a1'));
    expect(queues.pendingCount(QUEUE)).toBe(0);
    clock.nowMs = START_MS + 300_000;
    await queues.send(QUEUE, messages('a1'));
    await queues.send(QUEUE, messages('a1'));
    expect(queues.pendingCount(QUEUE)).toBe(1);
  });

  it('forgets deduplication ids that have run out', async () => {
    const { queues, clock, database } = open();
    for (let call = 0; call < 5; call++) {
      await queues.send(QUEUE, messages(...Array.from({ length: 10 }, (_, n) => `a${call}.${n}`)));
    }
    clock.nowMs += 300_000;
    await queues.send(QUEUE, messages('a4.9'));
    expect(queues.pendingCount(QUEUE)).toBe(51);
    for (let call = 5; call < 8; call++) await queues.send(QUEUE, messages(`a${call}`));
    expect(database.prepare('SELECT count(*) AS ids FROM deduplications').get()).toEqual({ ids: 4 });
  });

  it('says when it is worth asking again', async () => {
    const { queues } = open();
    expect(queues.nextVisibleAtMs(QUEUE)).toBeNull();
    await queues.send(QUEUE, messages('a1', 'a2'));
    expect(queues.nextVisibleAtMs(QUEUE)).toBeLessThanOrEqual(START_MS);
    const [first] = queues.receive(QUEUE, 1, START_MS);
    expect(queues.nextVisibleAtMs(QUEUE)).toBe(START_MS + 30_000);
    await queues.send(QUEUE, messages('b1'));
    expect(queues.nextVisibleAtMs(QUEUE)).toBeLessThanOrEqual(START_MS);
    queues.remove(QUEUE, first!.receiptHandle);
    for (const message of queues.receive(QUEUE, 10, START_MS)) queues.remove(QUEUE, message.receiptHandle);
    expect(queues.nextVisibleAtMs(QUEUE)).toBeNull();
  });

  it('shows at once what a process that is gone had received, and counts the delivery', async () => {
    const path = join(temporaryFolder(), 'state.db');
    const before = open(path);
    await before.queues.send(QUEUE, messages('a1', 'b1'));
    const [, released] = before.queues.receive(QUEUE, 2, START_MS);
    before.queues.release(QUEUE, released!.receiptHandle, START_MS + 60_000);
    before.database.close();
    const after = open(path);
    expect(after.queues.pendingCount(QUEUE)).toBe(2);
    const received = after.queues.receive(QUEUE, 10, START_MS);
    expect(received.map((message) => [message.body, message.receiveCount])).toEqual([['a1', 2]]);
    expect(after.queues.receive(QUEUE, 10, START_MS + 30_000)).toMatchObject([
      { body: 'a1', receiveCount: 3 },
    ]);
    after.database.close();
  });

  it('tells listeners of messages that came, not of those that were dropped', async () => {
    const { queues } = open();
    const heard: string[] = [];
    const stop = queues.onSend((queue) => heard.push(queue));
    await queues.send(QUEUE, messages('a1'));
    await queues.send(QUEUE, messages('a1'));
    await queues.send(QUEUE, []);
    stop();
    await queues.send(QUEUE, messages('a2'));
    expect(heard).toEqual([QUEUE]);
  });

  it('lets each group through in order and each message once, however deliveries fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2)), { maxLength: 30 }),
        deliversInOrder,
      ),
    );
  });
});

/** @param plan of each message: its group, and how many of its deliveries fail. */
async function deliversInOrder(plan: readonly (readonly [group: string, failures: number])[]): Promise<void> {
  const { queues } = open();
  const names = plan.map(([group], n) => `${group}${n}`);
  for (let i = 0; i < names.length; i += 10) await queues.send(QUEUE, messages(...names.slice(i, i + 10)));
  const failuresLeft = new Map(plan.map(([group, failures], n) => [`${group}${n}`, failures]));
  const done: string[] = [];
  let nowMs = START_MS;
  while (queues.pendingCount(QUEUE) > 0) {
    nowMs = Math.max(nowMs, queues.nextVisibleAtMs(QUEUE)!);
    const failedGroups = new Set<string>();
    for (const { body, groupId, receiptHandle } of queues.receive(QUEUE, 4, nowMs)) {
      const left = failuresLeft.get(body)!;
      if (left > 0 && !failedGroups.has(groupId)) failuresLeft.set(body, left - 1);
      if (left > 0) failedGroups.add(groupId);
      // As a worker must: what follows a failure in its group goes back untouched.
      if (failedGroups.has(groupId)) queues.release(QUEUE, receiptHandle, nowMs + left);
      else {
        done.push(body);
        queues.remove(QUEUE, receiptHandle);
      }
    }
  }
  const dead = await queues.count(QUEUE);
  expect(done.length + dead).toBe(names.length);
  for (const group of ['a', 'b', 'c']) {
    const ofGroup = done.filter((name) => name.startsWith(group));
    expect(ofGroup).toEqual(names.filter((name) => name.startsWith(group) && ofGroup.includes(name)));
  }
}
