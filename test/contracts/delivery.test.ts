/** What delivers in memory does what delivers from SQLite does, whatever is asked of either: simulation stands for it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Deliveries, Queues, StreamLog } from '../../shared/adapters/delivery.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import { keptDeliveries, MemoryEventBus } from '../../shared/adapters/memory/memory-event-bus.ts';
import { keptQueues, MemoryQueues } from '../../shared/adapters/memory/memory-queues.ts';
import { keptStreams, MemoryStreamLog } from '../../shared/adapters/memory/memory-stream-log.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';

const QUEUE = 'orders-standard';
const DEFINITION = { groupId: 'strategyId', visibilityTimeoutSeconds: 30, maxReceives: 3 };
const DEFINITIONS = { desks: DEFINITION, 'orders-urgent': DEFINITION, 'orders-standard': DEFINITION };
const RULES = [{ detailType: 'QualityNotedV1', functions: ['keep-quality', 'push-updates'] }] as const;

/** The hands of a process: opened anew it has only what is kept. */
interface Opened<T> {
  readonly clock: { nowMs: number };
  reopen(): T;
}

function opened<T>(open: (now: () => number) => () => T): Opened<T> {
  const clock = { nowMs: 1_000_000 };
  return { clock, reopen: open(() => clock.nowMs) };
}

const small = fc.nat(5);
const runs = { numRuns: 150 };

/** Plays the same steps on both, and looks at both after each. */
async function playBoth<T, Step>(
  both: readonly Opened<T>[],
  steps: readonly Step[],
  play: (one: T, step: Step, hands: Opened<T>) => Promise<unknown>,
): Promise<void> {
  const ones = both.map((hands) => hands.reopen());
  for (const step of steps) {
    const seen: unknown[] = [];
    for (const [i, hands] of both.entries()) {
      if (step === 'reopen') ones[i] = hands.reopen();
      else seen.push(await play(ones[i]!, step, hands));
    }
    expect(seen[1]).toEqual(seen[0]);
  }
}

describe('queues in memory', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), group: small, id: fc.nat(30) }),
    fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('receive' as const), max: fc.constant(10) }),
    fc.record({
      kind: fc.constantFrom('remove' as const, 'release' as const),
      nth: small,
      ms: fc.nat(40_000),
    }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 29_999, 30_000, 300_000) }),
    fc.constant('reopen' as const),
  );

  it('receive what those on SQLite receive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const database = openDatabase(':memory:', STATE_SCHEMA);
        const kept = keptQueues();
        const both = [
          opened<Queues>((now) => () => new SqliteQueues(database, DEFINITIONS, now)),
          opened<Queues>((now) => () => new MemoryQueues(DEFINITIONS, kept, now)),
        ];
        const receipts = new Map<Queues, string[]>();
        await playBoth(both, steps, async (queues, one, { clock }) => {
          if (one === 'reopen') return null;
          const held = receipts.get(queues) ?? [];
          receipts.set(queues, held);
          let received: unknown = null;
          if (one.kind === 'send') {
            const message = { body: 'x', groupId: `g${one.group}`, deduplicationId: `d${one.id}` };
            await queues.send(QUEUE, [message]);
          } else if (one.kind === 'pass') clock.nowMs += one.ms;
          else if (one.kind === 'receive') {
            const messages = queues.receive(QUEUE, one.max, clock.nowMs);
            held.push(...messages.map(({ receiptHandle }) => receiptHandle));
            received = messages;
          } else if (held.length > 0) {
            const [receipt] = held.splice(one.nth % held.length, 1);
            if (one.kind === 'remove') queues.remove(QUEUE, receipt!);
            else queues.release(QUEUE, receipt!, clock.nowMs + one.ms);
          }
          return [received, queues.pendingCount(QUEUE), queues.nextVisibleAtMs(QUEUE)];
        });
      }),
      runs,
    );
  });
});

describe('a bus in memory', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('take' as const), max: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom(
        'acknowledge' as const,
        'putBack' as const,
        'retryLater' as const,
        'giveUp' as const,
      ),
      nth: small,
      ms: fc.nat(5000),
    }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(5000) }),
    fc.constant('reopen' as const),
  );

  it('delivers what the one on SQLite delivers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const database = openDatabase(':memory:', STATE_SCHEMA);
        const kept = keptDeliveries();
        const both = [
          opened<Deliveries>((now) => () => new SqliteEventBus(database, RULES, now)),
          opened<Deliveries>((now) => () => new MemoryEventBus(RULES, kept, now)),
        ];
        const takenBy = new Map<Deliveries, number[]>();
        await playBoth(both, steps, async (bus, one, { clock }) => {
          if (one === 'reopen') return null;
          const taken = takenBy.get(bus) ?? [];
          takenBy.set(bus, taken);
          let delivered: unknown = null;
          if (one.kind === 'publish') {
            const event: BusEvent = { detailType: 'QualityNotedV1', detail: { events: [] } };
            await bus.publish(Array.from({ length: one.count }, () => event));
          } else if (one.kind === 'pass') clock.nowMs += one.ms;
          else if (one.kind === 'take') {
            const deliveries = bus.take('keep-quality', one.max, clock.nowMs);
            taken.push(...deliveries.map(({ id }) => id));
            delivered = deliveries;
          } else if (taken.length > 0) {
            const [id] = taken.splice(one.nth % taken.length, 1);
            if (one.kind === 'acknowledge') bus.acknowledge(id!);
            else if (one.kind === 'putBack') bus.putBack('keep-quality', id!);
            else if (one.kind === 'retryLater') bus.retryLater(id!, clock.nowMs + one.ms, 'cause');
            else bus.giveUp(id!, 'cause');
          }
          return [delivered, bus.pendingCount('keep-quality'), bus.nextDueMs('keep-quality')];
        });
      }),
      runs,
    );
  });
});

describe('a log in memory', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 0, max: 4 }),
      bytes: fc.constantFrom(0, 20, 50),
    }),
    fc.record({ kind: fc.constant('read' as const), after: fc.nat(20), max: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constantFrom('save' as const, 'giveUp' as const), ahead: fc.nat(3) }),
    fc.constant('reopen' as const),
  );

  it('reads as the one on SQLite reads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const database = openDatabase(':memory:', STREAM_LOG_SCHEMA);
        const kept = keptStreams();
        const both = [
          opened<StreamLog>((now) => () => new SqliteStreamLog(database, ['trades'], now)),
          opened<StreamLog>((now) => () => new MemoryStreamLog(kept, now)),
        ];
        await playBoth(both, steps, async (log, one) => {
          if (one === 'reopen') return null;
          const at = log.checkpoint('match-orders', 'trades');
          const through = Math.min(log.head('trades'), at + ('ahead' in one ? one.ahead : 0));
          if (one.kind === 'append') {
            const record = recordOfLane('binance#0', Buffer.alloc(one.bytes, 7));
            await log.append(
              'trades',
              Array.from({ length: one.count }, () => record),
            );
          } else if (one.kind === 'save') log.saveCheckpoint('match-orders', 'trades', through);
          else if (one.kind === 'giveUp') log.giveUp('match-orders', 'trades', through, 'cause');
          const read =
            one.kind === 'read'
              ? log
                  .read('trades', one.after, one.max, 100)
                  .map(({ data, ...rest }) => ({ ...rest, text: Buffer.from(data).toString() }))
              : [];
          return [read, log.head('trades'), log.checkpoint('match-orders', 'trades')];
        });
      }),
      runs,
    );
  });
});
