/**
 * The embedded chain in one process: a simulated market of trades and order books through the collector, every function
 * and ClickHouse, put together as `millrace start` does.
 */
import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { countClosedCandles, countTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { readRows } from '../../shared/adapters/clickhouse/requests.ts';
import { fillsPartition, ordersPartition } from '../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID } from '../../shared/contracts/records.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { log } from '../../shared/runtime/log.ts';
import type { TableName } from '../../shared/topology.ts';
import { SyntheticMarket, type MarketParameters } from '../../simulator/synthetic-market.ts';
import type { Latencies } from '../measuring/latency-histogram.ts';
import { cpuSeconds } from '../measuring/process-usage.ts';
import { StoredTradesObserver } from '../measuring/stored-trades-observer.ts';
import { runProgram, type ProgramTools } from '../processes/program.ts';
import { runChainTape } from './chain-tape.ts';
import { createInstances } from '../strategies-of-market.ts';
import { BUSY_MARKET, SATURATING_MARKET, SIMULATED_SECOND } from '../synthetic-trades.ts';

interface ChainRequest {
  readonly dataDir: string;
  /** `max`: from the same event time whenever it is run; 1: in step with the wall clock. */
  readonly speed: 'max' | 1;
  /** Wall time that the market is open. */
  readonly seconds: number;
  /** Of it, the part whose latencies are not counted; null: none are. */
  readonly warmUpSeconds: number | null;
}

export interface ChainProgram {
  readonly request: ChainRequest;
  readonly message:
    | { readonly kind: 'ready'; readonly clickHousePid: number }
    | { readonly kind: 'progress'; readonly trades: number }
    /** All is stored; counting it comes next, which takes memory that the chain does not. */
    | { readonly kind: 'settled' }
    | ({ readonly kind: 'done'; readonly latencies: Latencies | null } & ChainOutcome);
}

export interface ChainOutcome {
  /** From the first trade made to the last effect settled. */
  readonly seconds: number;
  /** Distinct ones, counted in ClickHouse. */
  readonly trades: number;
  /** Rows of the best prices, and of the levels behind them. */
  readonly quotes: number;
  readonly books: number;
  readonly candles: number;
  readonly orders: number;
  readonly fills: number;
  readonly nodeCpuSeconds: number;
  readonly clickHouseCpuSeconds: number;
}

async function runMarket(
  platform: Platform,
  market: MarketParameters,
  { speed, seconds }: ChainRequest,
  { report, signal }: ProgramTools<ChainProgram['message']>,
): Promise<void> {
  await runChainTape({
    writer: platform.ports.streams,
    state: platform.ports.state,
    gate: platform.gate,
    speed,
    signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
    log,
    onProgress: ({ trades }) => report({ kind: 'progress', trades }),
    market,
    start: speed === 'max' ? SIMULATED_SECOND : Math.floor(Date.now() / 1000) + 1,
  });
  signal.throwIfAborted();
}

/** Counting millions of rows takes longer than a function would have. */
const COUNT_TIMEOUT_MS = 120_000;

async function countEffects({
  storage,
}: Platform): Promise<Pick<ChainOutcome, 'trades' | 'quotes' | 'books' | 'candles' | 'orders' | 'fills'>> {
  const client = createClickHouse({
    ...storage.clickHouseServer.address,
    requestTimeoutMs: COUNT_TIMEOUT_MS,
  });
  const countIndex = async (table: TableName, partition: string): Promise<number> =>
    (await readIndex(storage.state, table, partition)).length;
  const countRows = async (table: 'quotes' | 'books'): Promise<number> =>
    Number((await readRows(client, `SELECT count() FROM millrace.${table} FINAL`, {}))[0]![0]);
  try {
    return {
      trades: await countTrades(client),
      quotes: await countRows('quotes'),
      books: await countRows('books'),
      candles: await countClosedCandles(client),
      orders: await countIndex('orders', ordersPartition(PAPER_ACCOUNT_ID)),
      fills: await countIndex('portfolio', fillsPartition(PAPER_ACCOUNT_ID)),
    };
  } finally {
    await client.close();
  }
}

await runProgram<ChainProgram>(async (request, tools) => {
  const observer = request.warmUpSeconds === null ? null : new StoredTradesObserver();
  const platform = await openPlatform({
    dataDir: request.dataDir,
    use: { market: 'simulated' },
    time: 'tape',
    ...(observer === null ? {} : { decorate: (ports) => observer.observe(ports) }),
  });
  try {
    const market = request.speed === 'max' ? SATURATING_MARKET : BUSY_MARKET;
    await createInstances(platform, new SyntheticMarket(market));
    const { pid: clickHousePid } = platform.storage.clickHouseServer;
    tools.report({ kind: 'ready', clickHousePid });
    const usage = [process.pid, clickHousePid].map((pid) => ({ pid, before: cpuSeconds(pid) }));
    const beganAtMs = performance.now();
    observer?.countFrom(Date.now() + request.warmUpSeconds! * 1000);
    await runMarket(platform, market, request, tools);
    await platform.runtime.drained();
    const seconds = (performance.now() - beganAtMs) / 1000;
    const [nodeCpuSeconds, clickHouseCpuSeconds] = usage.map(({ pid, before }) => cpuSeconds(pid) - before);
    tools.report({ kind: 'settled' });
    const counts = await countEffects(platform);
    tools.report({
      kind: 'done',
      seconds,
      ...counts,
      nodeCpuSeconds: nodeCpuSeconds!,
      clickHouseCpuSeconds: clickHouseCpuSeconds!,
      latencies: observer?.latencies() ?? null,
    });
  } finally {
    await platform.close();
  }
});
