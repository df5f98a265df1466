/** Two collectors of one exchange, killed and paused at random: what readers make of it is what one that never failed gives. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createHandler as createArchiveRaw } from '../../lambdas/market-data/archive-raw/handler.ts';
import { createHandler as createBuildCandles } from '../../lambdas/market-data/build-candles/handler.ts';
import { createHandler as createStoreTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { countTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { captureLine } from '../../shared/contracts/capture.ts';
import { laneKey } from '../../shared/contracts/record-keys.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import type { StoredCandle } from '../../shared/ports/candle-store.ts';
import type { TradeStore } from '../../shared/ports/trade-store.ts';
import type { StreamName } from '../../shared/topology.ts';
import { defineLaneFold } from '../../shared/runtime/lane-fold.ts';
import { MemoryCandleStore } from '../support/memory-candle-store.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { MemoryTradeStore } from '../support/memory-trade-store.ts';
import { runningClickHouse } from '../support/running-clickhouse.ts';
import { streamEvent } from '../support/stream-events.ts';
import { invocation } from '../support/trading-ports.ts';
import { playTwoCollectors, START_MS, TRADES_A_SECOND, type Played } from '../support/two-collectors.ts';

const ROUNDS = 50;
const BATCH = 20;

const nameOf = (instrumentId: string, tradeId: number | string): string => `${instrumentId} ${tradeId}`;

/** Every trade that the venue made, in order of name. */
function everyTrade({ market, seconds }: Played): string[] {
  const first = (START_MS / 1000) * TRADES_A_SECOND;
  return market.instrumentIds
    .flatMap((id) => Array.from({ length: seconds * TRADES_A_SECOND }, (_, n) => nameOf(id, first + n)))
    .sort();
}

type Handler = (event: ReturnType<typeof streamEvent>, context: typeof invocation) => Promise<unknown>;

/** Hands a stream to a function; every batch twice, as a stream may. */
async function deliver({ log }: Played, stream: StreamName, handler: Handler): Promise<void> {
  for (let after = 0; ;) {
    const records = log.read(stream, after, BATCH, 1e9);
    if (records.length === 0) return;
    await handler(streamEvent(records), invocation);
    await handler(streamEvent(records), invocation);
    after = records.at(-1)!.sequence;
  }
}

const unused = async (): Promise<never> => Promise.reject(new Error('not asked'));

async function storedTrades(played: Played): Promise<string[]> {
  const stored: string[] = [];
  const trades: TradeStore = {
    // Whatever comes is kept, unless the fold asks: what it has seen is all that keeps a trade from coming twice.
    insert: async (given, { mayRepeat }) => {
      const isFresh = (name: string): boolean => !mayRepeat || !stored.includes(name);
      const fresh = given.filter(({ instrumentId, tradeId }) => isFresh(nameOf(instrumentId, tradeId)));
      stored.push(...fresh.map(({ instrumentId, tradeId }) => nameOf(instrumentId, tradeId)));
      return fresh;
    },
    between: unused,
    latest: unused,
    receivedBy: unused,
  };
  const ports = {
    state: openMemoryState(),
    trades,
    clock: { nowMs: () => START_MS },
    bus: { publish: async () => undefined },
  };
  await deliver(played, 'trades', createStoreTrades(ports));
  return stored.sort();
}

/** The trades are stored before, so that what is in doubt can be made again of them. */
async function closedCandles(played: Played): Promise<StoredCandle[]> {
  const closed: StoredCandle[] = [];
  const candles = new MemoryCandleStore();
  const insert = candles.insert.bind(candles);
  candles.insert = async (given, options) => {
    closed.push(...given);
    return insert(given, options);
  };
  const [state, trades] = [openMemoryState(), new MemoryTradeStore()];
  const ports = {
    state,
    trades,
    candles,
    bus: { publish: async () => undefined },
    // What is left to be made is made behind a record of the function's own.
    streams: { append: played.log.append.bind(played.log) },
  };
  await deliver(played, 'trades', createStoreTrades({ ...ports, clock: { nowMs: () => START_MS } }));
  await deliver(played, 'trades', createBuildCandles(ports));
  return closed;
}

/** Trades that lie in the archive, each once. */
async function archivedTrades(played: Played): Promise<string[]> {
  const found = new Set<string>();
  const decoder = binance.decoder();
  const take = (line: string): void => {
    const { kind, url, message } = captureLine.parse(JSON.parse(line));
    if (kind === 'heartbeat') return;
    for (const event of decoder.read({ kind, url, message: message as string }, START_MS * 2)) {
      if (event.kind === 'trade') found.add(nameOf(event.instrumentId, String(event.tradeId)));
    }
  };
  const put = async (_: string, member: Uint8Array): Promise<void> =>
    gunzipSync(member).toString().trimEnd().split('\n').forEach(take);
  const objects = { put, get: unused, list: unused };
  await deliver(played, 'raw', createArchiveRaw({ state: openMemoryState(), objects }));
  return [...found].sort();
}

/** The observations of the venue that the readers of a lane follow, one after the other. */
async function followedSessions(played: Played): Promise<string[]> {
  const followed: string[] = [];
  const handler = defineLaneFold<{ sessionId: string }, null>('build-candles', openMemoryState(), {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'build-candles'),
    open: (stored) => (stored as { sessionId: string } | undefined) ?? { sessionId: '' },
    store: (state) => ({ ...state, folds: [] }),
    noEffects: () => null,
    fold: (state, { record, lane }) => {
      if (record.kind !== 'trades' || record.sessionId === state.sessionId) return;
      state.sessionId = record.sessionId;
      followed.push(`${lane} ${record.sessionId}`);
    },
    emit: async () => undefined,
  });
  await deliver(played, 'trades', handler);
  return followed;
}

/** Records of trades that carry a smaller fence than one before them in their lane. */
function staleRecords({ log }: Played): number {
  const greatest = new Map<string, number>();
  let stale = 0;
  for (const { data, partitionKey } of log.read('trades', 0, 1e6, 1e9)) {
    const record = parseLaneRecord(Buffer.from(data).toString());
    if (record.kind !== 'trades' || record.fence === null) throw new Error('expected trades with a fence');
    const known = greatest.get(partitionKey) ?? 0;
    if (record.fence < known) stale++;
    greatest.set(partitionKey, Math.max(known, record.fence));
  }
  return stale;
}

async function expectEveryTradeOnce(played: Played): Promise<void> {
  const expected = everyTrade(played);
  expect(await storedTrades(played)).toEqual(expected);
  expect(await archivedTrades(played)).toEqual(expected);
  const candles = (await closedCandles(played)).filter(({ interval }) => interval === '1s');
  for (const revised of candles.filter(({ revision }) => revision > 0)) {
    // Made again of what is stored it may prove whole where whoever closed it had to doubt. Nothing else changes.
    const first = candles.find(
      ({ instrumentId, openTimeMs, revision }) =>
        revision === 0 && instrumentId === revised.instrumentId && openTimeMs === revised.openTimeMs,
    );
    const { throughSequence, revision } = revised;
    expect({ ...first, throughSequence, revision, complete: true }).toMatchObject(revised);
    expect(first?.complete).toBe(false);
  }
  expect(new Set(candles.map(({ tradeCount }) => tradeCount))).toEqual(new Set([TRADES_A_SECOND]));
  const sessions = await followedSessions(played);
  expect(sessions).toHaveLength(new Set(sessions).size);
}

describe('two collectors', () => {
  it('give every trade once where the one that took over is killed while it catches up', async () => {
    const played = await playTwoCollectors(1, {
      strikes: [
        { afterMs: 1000, place: 0, what: { kind: 'kill' } },
        { afterMs: 6500, place: 1, what: { kind: 'kill' } },
      ],
      noticesPauses: true,
      restDelayMs: 2500,
    });
    expect(played.killsInCatchUp).toBe(1);
    await expectEveryTradeOnce(played);
  });

  it('give every trade once where one sleeps past its lease, and sends on what it had', async () => {
    let stale = 0;
    for (let seed = 0; seed < 5; seed++) {
      const played = await playTwoCollectors(seed, {
        strikes: [{ afterMs: 1000 + seed * 7, place: 0, what: { kind: 'pause', forMs: 8000 } }],
        noticesPauses: false,
        restDelayMs: 0,
      });
      stale += staleRecords(played);
      await expectEveryTradeOnce(played);
    }
    // Some wake up to a renewal before they have anything to send.
    expect(stale).toBeGreaterThan(0);
  });
});

describe('two collectors, killed and paused at random', () => {
  let faults = 0;
  let stale = 0;

  it.each(Array.from({ length: ROUNDS }, (_, seed) => seed))(
    'give every trade once, to the store, the candles and the archive (seed %i)',
    async (seed) => {
      const played = await playTwoCollectors(seed);
      await expectEveryTradeOnce(played);
      faults += played.kills + played.pauses;
      stale += staleRecords(played);
    },
  );

  it('are disturbed more than once a round, and send what has to be dropped', () => {
    expect(faults).toBeGreaterThan(ROUNDS);
    expect(stale).toBeGreaterThan(ROUNDS / 5);
  });
});

describe('ClickHouse behind two collectors, killed and paused at random', () => {
  const clickHouse = runningClickHouse();

  it('has every trade once', async () => {
    await migrate(clickHouse());
    const played = await playTwoCollectors(ROUNDS);
    const trades = new ClickHouseTradeStore(clickHouse());
    const ports = {
      state: openMemoryState(),
      trades,
      clock: { nowMs: () => START_MS },
      bus: { publish: async () => undefined },
    };
    await deliver(played, 'trades', createStoreTrades(ports));
    expect(await countTrades(clickHouse())).toBe(everyTrade(played).length);
  });
});
