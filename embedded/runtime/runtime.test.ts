import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventBridgeEvent, KinesisStreamEvent, SQSEvent } from 'aws-lambda';
import type { SqliteEventBus } from '../../shared/adapters/embedded/sqlite-event-bus.ts';
import type { SqliteQueues } from '../../shared/adapters/embedded/sqlite-queues.ts';
import type { SqliteStreamLog } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import { UnknownVersion } from '../../shared/contracts/versioned.ts';
import type { BusEvent } from '../../shared/ports/event-bus.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { BareRuntime, textsIn, type Handlers } from '../../test/support/bare-runtime.ts';
import type { AnyHandler } from './functions.ts';
import type { Runtime } from './runtime.ts';

describe('the embedded runtime', () => {
  let runtime: BareRuntime;
  let streamLog: SqliteStreamLog;
  let queues: SqliteQueues;
  let bus: SqliteEventBus;
  const start = async (handlers: Handlers): Promise<Runtime> => runtime.start(handlers);
  const append = async (...texts: string[]): Promise<void> => runtime.append(...texts);

  beforeEach(() => {
    runtime = new BareRuntime();
    ({ streamLog, queues, bus } = runtime);
  });

  afterEach(async () => runtime.stop());

  describe('a stream', () => {
    it('is delivered in order, and a batch that fails comes again before anything behind it', async () => {
      const seen: string[] = [];
      let failures = 3;
      const running = await start({
        'build-candles': async (event: KinesisStreamEvent) => {
          if (failures-- > 0) throw new Error('not yet');
          seen.push(...textsIn(event));
        },
      });
      await append('a', 'b');
      await append('c');
      await running.drained();
      expect(seen).toEqual(['a', 'b', 'c']);
      expect(failures).toBe(-1);
    });

    it('goes on behind a batch that always fails, which is kept with its cause', async () => {
      const seen: string[] = [];
      const running = await start({
        'build-candles': async (event: KinesisStreamEvent) => {
          if (textsIn(event).includes('bad')) throw new Error('cannot');
          seen.push(...textsIn(event));
        },
      });
      await append('bad');
      await running.drained();
      await append('good');
      await running.drained();
      expect(seen).toEqual(['good']);
      const [dead, ...others] = streamLog.deadRecords(10);
      expect(dead).toMatchObject({ stream: 'trades', sequence: 1, consumer: 'build-candles' });
      expect(JSON.parse(dead!.cause)).toMatchObject({ message: 'cannot' });
      expect(others).toEqual([]);
    });

    it('waits for as long as it takes for what a later release wrote, and gives nothing up', async () => {
      const seen: string[] = [];
      let failures = 25;
      const running = await start({
        'build-candles': async (event: KinesisStreamEvent) => {
          if (failures-- > 0) throw new UnknownVersion('market-data L / F', 9, [0, 1]);
          seen.push(...textsIn(event));
        },
      });
      await append('a');
      await running.drained();
      expect(seen).toEqual(['a']);
      expect([...streamLog.deadRecords(10)]).toEqual([]);
    });

    it('brings again what was given up, once it is sent again', async () => {
      const seen: string[] = [];
      let isBroken = true;
      const running = await start({
        'build-candles': async (event: KinesisStreamEvent) => {
          if (isBroken) throw new Error('cannot');
          seen.push(...textsIn(event));
        },
      });
      await append('a', 'b');
      await running.drained();
      isBroken = false;
      expect(streamLog.redrive()).toBe(2);
      await running.drained();
      expect(seen).toEqual(['a', 'b']);
      expect(streamLog.redrive()).toBe(0);
    });

    it('is gone on with where a stopped runtime left it', async () => {
      const first = await start({});
      await append('a');
      await first.drained();
      await first.stop();
      await append('b');
      const seen: string[] = [];
      const second = await start({
        'build-candles': async (event: KinesisStreamEvent) => void seen.push(...textsIn(event)),
      });
      await second.drained();
      expect(seen).toEqual(['b']);
    });

    it('gives each of its functions every record, whatever another does', async () => {
      const counts = new Map<string, number>();
      const count = (name: string) => async (event: KinesisStreamEvent) =>
        void counts.set(name, (counts.get(name) ?? 0) + event.Records.length);
      const running = await start({
        'store-trades': count('store'),
        'build-candles': count('build'),
        'match-orders': count('match'),
      });
      for (let i = 0; i < 20; i++) await append(`record ${i}`);
      await running.drained();
      expect(Object.fromEntries(counts)).toEqual({ store: 20, build: 20, match: 20 });
    });
  });

  describe('an event', () => {
    const closed: BusEvent = { detailType: 'CandlesClosedV1', detail: { candles: [] } };

    it('reaches the functions of its rule with EventBridge’s envelope', async () => {
      const seen: EventBridgeEvent<string, unknown>[] = [];
      const running = await start({
        'evaluate-strategies': async (event: EventBridgeEvent<string, unknown>) => void seen.push(event),
      });
      await bus.publish([closed]);
      await running.drained();
      expect(seen).toMatchObject([
        { source: 'millrace', 'detail-type': 'CandlesClosedV1', detail: closed.detail },
      ]);
    });

    it('comes again after a failure, and is given up after five', async () => {
      let attempts = 0;
      const running = await start({
        'evaluate-strategies': async () => {
          attempts++;
          throw new Error('never');
        },
      });
      await bus.publish([closed]);
      await running.drained();
      expect(attempts).toBe(5);
    });

    it('is not given up while what a later release wrote cannot be read', async () => {
      let attempts = 0;
      const running = await start({
        'evaluate-strategies': async () => {
          if (++attempts < 12) throw new UnknownVersion('orders O / ORDER', 9, [0, 1]);
        },
      });
      await bus.publish([closed]);
      await running.drained();
      expect(attempts).toBe(12);
    });
  });

  it('delivers what it had taken when the database could not be written for a moment, as on a full disk', async () => {
    let delivered = 0;
    let isFull = true;
    const acknowledge = bus.acknowledge.bind(bus);
    const retryLater = bus.retryLater.bind(bus);
    const full = (): void => {
      if (isFull) throw new Error('database or disk is full');
    };
    bus.acknowledge = (id) => {
      full();
      acknowledge(id);
    };
    bus.retryLater = (...args) => {
      full();
      retryLater(...args);
    };
    const running = await start({ 'evaluate-strategies': async () => delivered++ });
    await bus.publish([{ detailType: 'CandlesClosedV1', detail: {} as never }]);
    await sleep(10);
    isFull = false;
    await running.drained();
    expect(delivered).toBeGreaterThanOrEqual(2);
  });

  describe('a FIFO queue', () => {
    const message = (body: string, groupId: string) => ({
      body: JSON.stringify(body),
      groupId,
      deduplicationId: `${groupId}-${body}`,
    });

    it('delivers again what failed of a batch, and the group behind it waits', async () => {
      const done: string[] = [];
      let failures = 2;
      const running = await start({
        'submit-order': async (event: SQSEvent) => {
          const failed = event.Records.filter(
            ({ body, attributes }) => attributes.MessageGroupId === 'g' && body === '"1"' && failures-- > 0,
          );
          if (failed.length === 0) {
            done.push(...event.Records.map(({ body }) => JSON.parse(body) as string));
            return { batchItemFailures: [] };
          }
          const group = event.Records.filter(({ attributes }) => attributes.MessageGroupId === 'g');
          done.push(
            ...event.Records.filter((record) => !group.includes(record)).map(
              ({ body }) => JSON.parse(body) as string,
            ),
          );
          return { batchItemFailures: group.map(({ messageId }) => ({ itemIdentifier: messageId })) };
        },
      });
      await queues.send('orders-standard', [message('1', 'g'), message('2', 'g'), message('x', 'h')]);
      await running.drained();
      expect(done).toEqual(['x', '1', '2']);
    });

    it('puts a message that always fails among the dead letters, from where it can be redriven', async () => {
      let healthy = false;
      const done: string[] = [];
      const running = await start({
        'submit-order': async (event: SQSEvent) => {
          if (!healthy) throw new Error('down');
          done.push(...event.Records.map(({ body }) => JSON.parse(body) as string));
          return { batchItemFailures: [] };
        },
      });
      await queues.send('orders-standard', [message('order', 'g')]);
      await running.drained();
      expect(await queues.count('orders-standard')).toBe(1);
      healthy = true;
      await queues.redrive('orders-standard');
      await running.drained();
      expect(done).toEqual(['order']);
      expect(await queues.count('orders-standard')).toBe(0);
    });
  });

  describe('a store that cannot be reached', () => {
    const OUTAGE = 40;
    const away = new Unreachable('ClickHouse', new Error('connect ECONNREFUSED'));

    /** Fails as long as an outage takes, which is more often than anything may fail. */
    function outage(): { meet(): void; readonly met: () => number } {
      let met = 0;
      return {
        meet: () => {
          if (met < OUTAGE) throw (met++, away);
        },
        met: () => met,
      };
    }

    it('is waited for by a stream, which gives nothing up and is no error of the function', async () => {
      const seen: string[] = [];
      const { meet, met } = outage();
      const running = await start({
        'build-candles': async (event: KinesisStreamEvent) => {
          meet();
          seen.push(...textsIn(event));
        },
      });
      await append('a', 'b');
      await running.drained();
      expect([seen, met()]).toEqual([['a', 'b'], OUTAGE]);
      expect(streamLog.deadCount()).toBe(0);
      const status = running.functionStatuses().find(({ name }) => name === 'build-candles');
      expect(status).toMatchObject({ errors: 0 });
      expect(running.patience.waiting()).toEqual([]);
    });

    it('is not asked more often because more records come', async () => {
      let asked = 0;
      const handlers: Handlers = {
        'build-candles': async () => {
          asked++;
          throw away;
        },
      };
      const running = await runtime.start(handlers, { firstWaitMs: 200, longestWaitMs: 200 });
      for (let n = 0; n < 30; n++) {
        await append('a');
        await sleep(10);
      }
      expect(asked).toBeLessThanOrEqual(4);
      expect(running.patience.waiting()).toMatchObject([{ who: 'build-candles', store: 'ClickHouse' }]);
    });

    it('may be the log itself: a batch that was done is not done again for its checkpoint', async () => {
      let calls = 0;
      const { meet, met } = outage();
      const save = streamLog.saveCheckpoint.bind(streamLog);
      streamLog.saveCheckpoint = (consumer, stream, sequence) => {
        if (consumer === 'build-candles') meet();
        save(consumer, stream, sequence);
      };
      const running = await start({ 'build-candles': async () => ++calls });
      await append('a');
      await running.drained();
      expect([calls, met(), streamLog.checkpoint('build-candles', 'trades')]).toEqual([1, OUTAGE, 1]);
    });

    it('delays what is given up for another reason', async () => {
      const { meet } = outage();
      const giveUp = streamLog.giveUp.bind(streamLog);
      streamLog.giveUp = (...args) => {
        meet();
        giveUp(...args);
      };
      const running = await start({ 'build-candles': async () => Promise.reject(new Error('cannot')) });
      await append('bad');
      await running.drained();
      expect(streamLog.deadCount()).toBe(1);
    });

    it('is waited for by a queue, whose messages are received once', async () => {
      const received: string[] = [];
      const { meet, met } = outage();
      const running = await start({
        'submit-order': async (event: SQSEvent) => {
          meet();
          received.push(...event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount));
          return { batchItemFailures: [] };
        },
      });
      await queues.send('orders-standard', [{ body: 'order', groupId: 'a', deduplicationId: '1' }]);
      await running.drained();
      expect([received, met()]).toEqual([['1'], OUTAGE]);
      expect(await queues.count('orders-standard')).toBe(0);
    });

    it('is waited for by the bus, whether the function meets it or the bus itself', async () => {
      const [inFunction, inBus] = [outage(), outage()];
      const acknowledge = bus.acknowledge.bind(bus);
      bus.acknowledge = (id) => {
        inBus.meet();
        acknowledge(id);
      };
      const running = await start({ 'evaluate-strategies': async () => inFunction.meet() });
      await bus.publish([{ detailType: 'CandlesClosedV1', detail: {} as never }]);
      await running.drained();
      expect([inFunction.met(), inBus.met(), bus.deadCount()]).toEqual([OUTAGE, OUTAGE, 0]);
    });
  });

  describe('settling', () => {
    it('waits for what has a voice and not for what has none', async () => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let built = false;
      const running = await start({
        'store-trades': async () => held,
        'build-candles': async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          built = true;
        },
      });
      await append('a');
      await running.settled();
      expect(built).toBe(true);
      release();
      await running.drained();
    });
  });

  it('lets pass what a tape waits for, and then does what has no voice', async () => {
    const done: string[] = [];
    /** As long as it does nothing but compute, no clock can tell how long that takes. */
    const computes =
      (name: string): AnyHandler =>
      async () => {
        for (let step = 0; step < 100; step++) await Promise.resolve();
        done.push(name);
      };
    const notes =
      (name: string): AnyHandler =>
      async () =>
        void done.push(name);
    const running = await start({
      'build-candles': computes('build-candles'),
      'store-quotes': notes('store-quotes'),
      'evaluate-strategies': computes('evaluate-strategies'),
      'push-updates': notes('push-updates'),
    });
    const told = [append('a'), bus.publish([{ detailType: 'CandlesClosedV1', detail: { candles: [] } }])];
    const settled = running.settled();
    await Promise.all(told);
    await settled;
    await running.drained();
    expect(done.slice(0, 2).sort()).toEqual(['build-candles', 'evaluate-strategies']);
    expect(done.slice(2).sort()).toEqual(['push-updates', 'store-quotes']);
  });

  it('ends an invocation at its function’s timeout', async () => {
    const running = await start({ 'read-health': async () => new Promise(() => undefined) });
    await expect(running.invoker.invoke('read-health', {})).rejects.toThrow(
      'read-health ran longer than 5000 ms',
    );
    expect(running.functionStatuses().find(({ name }) => name === 'read-health')).toMatchObject({
      invocations: 1,
      errors: 1,
    });
  }, 10_000);
});
