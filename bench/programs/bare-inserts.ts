/** Inserts of the chain's own rows with nothing around them: what the same ClickHouse takes from one connection. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { migrate } from '../../shared/adapters/clickhouse/migrate.ts';
import type { ReceivedTrade } from '../../shared/contracts/lane-rows.ts';
import { log } from '../../shared/runtime/log.ts';
import { LatencyHistogram, type Latencies } from '../measuring/latency-histogram.ts';
import { cpuSeconds } from '../measuring/process-usage.ts';
import { runProgram } from '../processes/program.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { BUSY_MARKET, SATURATING_MARKET, SIMULATED_SECOND, tradesOfSecond } from '../synthetic-trades.ts';

interface Saturated {
  readonly kind: 'saturated';
  readonly dataDir: string;
  readonly batchSize: number;
  /** So much time is spent inserting, batch after batch, one in flight. */
  readonly seconds: number;
}

interface Paced {
  readonly kind: 'paced';
  readonly dataDir: string;
  /** Whatever has become due by the wall clock since the last insert is the next. */
  readonly everyMs: number;
  /** The part at the beginning whose latencies are not counted. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface BareInsertsProgram {
  readonly request: Saturated | Paced;
  readonly message:
    | { readonly kind: 'ready'; readonly clickHousePid: number }
    | { readonly kind: 'saturated'; readonly tradesPerSecond: number; readonly cpuMicrosPerTrade: number }
    | { readonly kind: 'paced'; readonly latencies: Latencies };
}

/** Only the time inside the inserts counts, encoding included; the rows are made in between. */
async function saturate(
  store: ClickHouseTradeStore,
  { seconds, batchSize }: Saturated,
  clickHousePid: number,
  signal: AbortSignal,
): Promise<BareInsertsProgram['message']> {
  const market = new SyntheticMarket(SATURATING_MARKET);
  let insertedMs = 0;
  let inserted = 0;
  let nodeCpuMicros = 0;
  const clickHouseBefore = cpuSeconds(clickHousePid);
  for (let second = SIMULATED_SECOND; insertedMs < seconds * 1000; second++) {
    const trades = tradesOfSecond(second, market);
    for (let from = 0; from < trades.length; from += batchSize) {
      signal.throwIfAborted();
      const batch = trades.slice(from, from + batchSize);
      const beganAtMs = performance.now();
      const cpuBefore = process.cpuUsage();
      await store.insert(batch, { mayRepeat: false });
      insertedMs += performance.now() - beganAtMs;
      const { user, system } = process.cpuUsage(cpuBefore);
      nodeCpuMicros += user + system;
      inserted += batch.length;
    }
  }
  const cpuMicros = nodeCpuMicros + (cpuSeconds(clickHousePid) - clickHouseBefore) * 1e6;
  return {
    kind: 'saturated',
    tradesPerSecond: (inserted / insertedMs) * 1000,
    cpuMicrosPerTrade: cpuMicros / inserted,
  };
}

/** Making the trades of a second takes much less than a second; they are all made before the first is due. */
const HEAD_START_SECONDS = 2;

async function pace(
  store: ClickHouseTradeStore,
  { seconds, warmUpSeconds, everyMs }: Paced,
  signal: AbortSignal,
): Promise<BareInsertsProgram['message']> {
  const duration = warmUpSeconds + seconds;
  const firstSecond = Math.ceil(Date.now() / 1000 + HEAD_START_SECONDS + duration / 10);
  const market = new SyntheticMarket(BUSY_MARKET);
  const trades: ReceivedTrade[] = [];
  for (let n = 0; n < duration; n++) {
    for (const trade of tradesOfSecond(firstSecond + n, market)) trades.push(trade);
    await nextTurn();
  }
  const countFromMs = (firstSecond + warmUpSeconds) * 1000;
  const histogram = new LatencyHistogram({ bucketMs: 1, longestMs: 60_000 });
  let next = 0;
  for (
    let tickMs = firstSecond * 1000;
    next < trades.length;
    tickMs = Math.max(tickMs + everyMs, Date.now())
  ) {
    await sleep(Math.max(0, tickMs - Date.now()), undefined, { signal });
    const due = dueAt(trades, next, Date.now());
    if (due === next) continue;
    const batch = trades.slice(next, due);
    next = due;
    await store.insert(batch, { mayRepeat: false });
    const now = Date.now();
    for (const { receivedAtMs } of batch)
      if (receivedAtMs >= countFromMs) histogram.record(now - receivedAtMs);
  }
  return { kind: 'paced', latencies: histogram.summary() };
}

/** The index behind the last trade that is due. */
function dueAt(trades: readonly ReceivedTrade[], from: number, nowMs: number): number {
  let end = from;
  while (end < trades.length && trades[end]!.receivedAtMs <= nowMs) end++;
  return end;
}

await runProgram<BareInsertsProgram>(async (request, { report, signal }) => {
  const server = await startClickHouse({ dataDir: request.dataDir, log });
  const client = createClickHouse(server.address);
  try {
    await migrate(client);
    report({ kind: 'ready', clickHousePid: server.pid });
    const store = new ClickHouseTradeStore(client);
    report(
      request.kind === 'saturated'
        ? await saturate(store, request, server.pid, signal)
        : await pace(store, request, signal),
    );
  } finally {
    await client.close();
    await server.stop({ fast: true });
  }
});
