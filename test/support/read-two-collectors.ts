/** What each reader of two collectors' streams makes of them, computed where they are played. */
import { gunzipSync } from 'node:zlib';
import { createHandler as createArchiveRaw } from '../../lambdas/market-data/archive-raw/handler.ts';
import { createHandler as createBuildCandles } from '../../lambdas/market-data/build-candles/handler.ts';
import { createHandler as createStoreTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { binance } from '../../shared/adapters/exchanges/binance/venue.ts';
import { captureLine } from '../../shared/contracts/capture.ts';
import { laneKey } from '../../shared/contracts/record-keys.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import type { StoredCandle } from '../../shared/ports/candle-store.ts';
import type { TradeStore } from '../../shared/ports/trade-store.ts';
import type { StreamName } from '../../shared/topology.ts';
import { defineLaneFold } from '../../shared/runtime/lane-fold.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { openMemoryState } from './memory-state.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';
import { streamEvent } from './stream-events.ts';
import { invocation } from './trading-ports.ts';
import { playTwoCollectors, START_MS, TRADES_A_SECOND, type Fate, type Played } from './two-collectors.ts';

/** A round, and what became of its trades; they are told by name, in order. */
export interface Read extends Pick<Played, 'kills' | 'pauses' | 'killsInCatchUp'> {
  readonly made: readonly string[];
  readonly stored: readonly string[];
  readonly archived: readonly string[];
  readonly closed: readonly StoredCandle[];
  readonly sessions: readonly string[];
  readonly stale: number;
}

/** @param fate what chance would decide otherwise. */
export async function playAndRead({ seed, fate }: { seed: number; fate?: Fate }): Promise<Read> {
  const played = await playTwoCollectors(seed, fate);
  const { kills, pauses, killsInCatchUp } = played;
  return {
    kills,
    pauses,
    killsInCatchUp,
    made: everyTrade(played),
    stored: await storedTrades(played),
    archived: await archivedTrades(played),
    closed: await closedCandles(played),
    sessions: await followedSessions(played),
    stale: staleRecords(played),
  };
}

const BATCH = 20;

const nameOf = (instrumentId: string, tradeId: number | string): string => `${instrumentId} ${tradeId}`;

/** Every trade that the venue made, in order of name. */
export function everyTrade({ market, seconds }: Played): string[] {
  const first = (START_MS / 1000) * TRADES_A_SECOND;
  return market.instrumentIds
    .flatMap((id) => Array.from({ length: seconds * TRADES_A_SECOND }, (_, n) => nameOf(id, first + n)))
    .sort();
}

type Handler = (event: ReturnType<typeof streamEvent>, context: typeof invocation) => Promise<unknown>;

/** Hands a stream to a function; every batch twice, as a stream may. */
export async function deliver({ log }: Played, stream: StreamName, handler: Handler): Promise<void> {
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
    spans: unused,
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
  const objects = { put, putNew: unused, get: unused, list: unused };
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
