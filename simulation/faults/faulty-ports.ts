/**
 * The ports of one function in one life of the platform. Every call takes its turn, which is where the seed says who goes
 * next, how long it takes, and what goes wrong with it.
 */
import type { Ports } from '../../shared/ports/index.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import type { Chance } from '../time/chance.ts';
import type { Life } from '../time/life.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { FaultPlan } from './fault-plan.ts';

export interface Surroundings {
  readonly life: Life;
  readonly plan: FaultPlan;
  readonly chance: Chance;
  /** What a call takes at most when all is well. */
  readonly latencyMs: number;
  /** Added to a call, whatever the plan says: of a machine that is slow. Left out: nothing is. */
  readonly stallMs?: () => number;
  /** Kills the process: whoever calls it is never heard of again. */
  readonly crash: () => void;
  /** What happens is told, in its order. */
  readonly trace: (what: string) => void;
}

/** Two calls of this length are more than the five seconds of a function. */
const LEAST_SLOW_MS = 500;
const SLOW_MS = 4000;

type Call<T> = () => Promise<T>;

/** Waits for a turn of the process, in which it may be killed. */
export async function takeTurn(surroundings: Surroundings, where: string, delayMs: number): Promise<void> {
  const { life, plan, crash, trace } = surroundings;
  return new Promise((resolve) => {
    life.after(delayMs, () => {
      trace(where);
      if (plan.happens('crash', where)) crash();
      else resolve();
    });
  });
}

export function faultyPorts(ports: Ports, functionName: string, surroundings: Surroundings): Ports {
  const { plan, chance, latencyMs, stallMs = () => 0 } = surroundings;
  const happens = (kind: FaultKind): boolean => plan.happens(kind, functionName);
  const call = async <T>(store: string, what: string, effect: Call<T>): Promise<T> => {
    const slowMs = happens('slow') ? LEAST_SLOW_MS + chance.below(SLOW_MS) : 0;
    const delayMs = chance.below(latencyMs + 1) + slowMs + stallMs();
    await takeTurn(surroundings, `${functionName} ${store}.${what}`, delayMs);
    if (happens('unreachable')) throw new Unreachable(store, 'it was made so');
    if (happens('error')) throw new Error(`${store}: it was made to fail`);
    const result = await effect();
    if (happens('answer-lost')) throw new Unreachable(store, 'the answer was made to be lost');
    return result;
  };
  const { state, bus, streams, queues, trades, candles, objects, quotes, quality } = ports;
  return {
    ...ports,
    state: {
      get: async (...a) => call('state', 'get', async () => state.get(...a)),
      query: async (...a) => call('state', 'query', async () => state.query(...a)),
      queryIndex: async (...a) => call('state', 'queryIndex', async () => state.queryIndex(...a)),
      write: async (...a) => call('state', 'write', async () => state.write(...a)),
      transact: async (...a) => call('state', 'transact', async () => state.transact(...a)),
    },
    bus: {
      publish: async (events) =>
        call('bus', 'publish', async () => {
          await bus.publish(events);
          if (happens('published-twice')) await bus.publish(events);
        }),
    },
    streams: {
      append: async (stream, records) =>
        call('streams', 'append', async () => {
          await streams.append(stream, records);
          if (happens('appended-twice')) await streams.append(stream, records);
        }),
    },
    queues: { send: async (...a) => call('queues', 'send', async () => queues.send(...a)) },
    candles: {
      insert: async (...a) => call('candles', 'insert', async () => candles.insert(...a)),
      latestRevision: async (...a) => call('candles', 'read', async () => candles.latestRevision(...a)),
      between: async (...a) => call('candles', 'read', async () => candles.between(...a)),
      asFirstClosed: async (...a) => call('candles', 'read', async () => candles.asFirstClosed(...a)),
      revisions: async (...a) => call('candles', 'read', async () => candles.revisions(...a)),
      instruments: async () => call('candles', 'read', async () => candles.instruments()),
    },
    trades: {
      insert: async (...a) => call('trades', 'insert', async () => trades.insert(...a)),
      between: async (...a) => call('trades', 'read', async () => trades.between(...a)),
      latest: async (...a) => call('trades', 'read', async () => trades.latest(...a)),
      spans: async (...a) => call('trades', 'read', async () => trades.spans(...a)),
      receivedBy: async (...a) => call('trades', 'read', async () => trades.receivedBy(...a)),
    },
    objects: {
      put: async (...a) => call('objects', 'put', async () => objects.put(...a)),
      putNew: async (...a) => call('objects', 'put', async () => objects.putNew(...a)),
      get: async (...a) => call('objects', 'get', async () => objects.get(...a)),
      list: async (...a) => call('objects', 'list', async () => objects.list(...a)),
    },
    quotes: {
      insertQuotes: async (...a) => call('quotes', 'insert', async () => quotes.insertQuotes(...a)),
      insertLevels: async (...a) => call('quotes', 'insert', async () => quotes.insertLevels(...a)),
      newestQuotes: async (...a) => call('quotes', 'read', async () => quotes.newestQuotes(...a)),
      newestLevels: async (...a) => call('quotes', 'read', async () => quotes.newestLevels(...a)),
    },
    quality: {
      insert: async (...a) => call('quality', 'insert', async () => quality.insert(...a)),
      newest: async (...a) => call('quality', 'read', async () => quality.newest(...a)),
    },
  };
}
