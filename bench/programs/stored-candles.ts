/** Reads candles as the REST function does, out of a ClickHouse that holds very many trades and what they came to. */
import type { ClickHouseClient } from '@clickhouse/client';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { ClickHouseCandleStore } from '../../shared/adapters/clickhouse/clickhouse-candle-store.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import type { Interval } from '../../shared/domain/candles/interval.ts';
import { intervalMs } from '../../shared/domain/candles/interval.ts';
import type { CandleStore } from '../../shared/ports/candle-store.ts';
import { log } from '../../shared/runtime/log.ts';
import { LatencyHistogram, type Latencies } from '../measuring/latency-histogram.ts';
import { runProgram } from '../processes/program.ts';

export interface StoredCandlesProgram {
  readonly request: { readonly dataDir: string; readonly trades: number; readonly reads: number };
  readonly message:
    | { readonly kind: 'progress'; readonly what: string }
    | {
        readonly kind: 'done';
        readonly trades: number;
        readonly candles: number;
        readonly latest: Latencies;
        readonly year: Latencies;
        /** The same rows, asked of ClickHouse and thrown away unread. */
        readonly bareLatest: Latencies;
        readonly bareYear: Latencies;
      };
}

const INSTRUMENTS = Array.from({ length: 60 }, (_, n) => `binance:A${n}-USDT`);
const FROM_MS = Date.UTC(2025, 0, 1);
const YEAR_MS = 365 * intervalMs('1d');
const INTERVALS: readonly Interval[] = ['1m', '1h'];
const LATEST = 500;
const HOURS_OF_A_YEAR = YEAR_MS / intervalMs('1h');
const RESOLUTION = { bucketMs: 0.1, longestMs: 10_000 };
/** Filling is no request of a function. */
const FILL_TIMEOUT_MS = 600_000;

await runProgram<StoredCandlesProgram>(async ({ dataDir, trades, reads }, { report, signal }) => {
  const server = await startClickHouse({ dataDir, log });
  const filler = createClickHouse({ ...server.address, requestTimeoutMs: FILL_TIMEOUT_MS });
  const client = createClickHouse(server.address);
  try {
    await migrate(client);
    const each = Math.ceil(trades / INSTRUMENTS.length);
    for (const [n, instrumentId] of INSTRUMENTS.entries()) {
      signal.throwIfAborted();
      await fill(filler, instrumentId, each);
      report({ kind: 'progress', what: `${n + 1} of ${INSTRUMENTS.length} instruments stored` });
    }
    const store = new ClickHouseCandleStore(client);
    const measured = {
      latest: await timed(reads, (instrumentId) => readLatest(store, instrumentId)),
      bareLatest: await timed(reads, (instrumentId) => readBare(client, instrumentId, '1m', LATEST)),
      year: await timed(reads, (instrumentId) => readYear(store, instrumentId)),
      bareYear: await timed(reads, (instrumentId) => readBare(client, instrumentId, '1h', HOURS_OF_A_YEAR)),
    };
    const [stored, candles] = [await countOf(client, 'trades'), await countOf(client, 'candles')];
    report({ kind: 'done', trades: stored, candles, ...measured });
  } finally {
    await Promise.all([client.close(), filler.close()]);
    await server.stop({ fast: true });
  }
});

/** A year of trades at even distances, and the candles that they come to. */
async function fill(client: ClickHouseClient, instrumentId: string, trades: number): Promise<void> {
  const step = YEAR_MS / trades;
  await client.command({
    query: `INSERT INTO millrace.trades (instrumentId, time, tradeId, price, quantity, takerSide, receivedAt)
      SELECT {instrumentId: String}, fromUnixTimestamp64Milli(toInt64({fromMs: Int64} + number * {step: Float64}), 'UTC') AS at,
        number, toDecimal128(60000 + rand() % 1000000 / 100, 12), toDecimal128((1 + rand(1) % 100000) / 10000, 12),
        if(rand(2) % 2 = 0, 'BUY', 'SELL'), at + toIntervalMillisecond(50)
      FROM numbers({trades: UInt64})`,
    query_params: { instrumentId, fromMs: FROM_MS, step, trades },
  });
  for (const interval of INTERVALS) {
    await client.command({
      query: `INSERT INTO millrace.candles (instrumentId, interval, openTime, revision, open, high, low, close, volume,
          quoteVolume, takerBuyVolume, tradeCount, firstTradeId, lastTradeId, firstTime, lastTime, complete, throughSequence)
        SELECT instrumentId, {interval: String}, toDateTime64(toStartOfInterval(time, toIntervalSecond({seconds: UInt32})), 3, 'UTC') AS openTime,
          0, argMin(price, tradeId), max(price), min(price), argMax(price, tradeId), sum(quantity),
          sum(toDecimal128(toFloat64(price) * toFloat64(quantity), 12)), sumIf(quantity, takerSide = 'BUY'), count(), min(tradeId), max(tradeId),
          min(time), max(time), true, '0'
        FROM millrace.trades WHERE instrumentId = {instrumentId: String}
        GROUP BY instrumentId, openTime`,
      query_params: { instrumentId, interval, seconds: intervalMs(interval) / 1000 },
    });
  }
}

async function readLatest(store: CandleStore, instrumentId: string): Promise<number> {
  const candles = await store.between(instrumentId, '1m', 0, Infinity, LATEST);
  return JSON.stringify(candles.map(candleViewOf)).length && candles.length;
}

async function readYear(store: CandleStore, instrumentId: string): Promise<number> {
  const candles = await store.between(instrumentId, '1h', FROM_MS, FROM_MS + YEAR_MS, HOURS_OF_A_YEAR);
  return JSON.stringify(candles.map(candleViewOf)).length && candles.length;
}

async function readBare(
  client: ClickHouseClient,
  instrumentId: string,
  interval: Interval,
  limit: number,
): Promise<number> {
  const answer = await client.query({
    query: `SELECT * FROM millrace.candles WHERE instrumentId = {instrumentId: String} AND interval = {interval: String}
      ORDER BY openTime DESC LIMIT {limit: UInt32}`,
    query_params: { instrumentId, interval, limit },
    format: 'JSONCompactEachRow',
  });
  return (await answer.text()).split('\n').length - 1;
}

/** Each read is of the next instrument: none finds what the one before it has just warmed. */
async function timed(reads: number, read: (instrumentId: string) => Promise<number>): Promise<Latencies> {
  const histogram = new LatencyHistogram(RESOLUTION);
  for (let n = 0; n < reads; n++) {
    const beganAtMs = performance.now();
    const rows = await read(INSTRUMENTS[n % INSTRUMENTS.length]!);
    histogram.record(performance.now() - beganAtMs);
    if (rows < LATEST) throw new Error(`expected at least ${LATEST} candles, got ${rows}`);
  }
  return histogram.summary();
}

async function countOf(client: ClickHouseClient, table: string): Promise<number> {
  const answer = await client.query({
    query: `SELECT count() FROM millrace.${table}`,
    format: 'JSONCompact',
  });
  const { data } = await answer.json<[string]>();
  return Number(data[0]![0]);
}
