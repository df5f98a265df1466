/**
 * The embedded chain as it is live: a collector that listens to a venue over real sockets, every function and ClickHouse,
 * put together as `millrace start --live` does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive } from '../../collector/live/collect-live.ts';
import { VenueVitals } from '../../collector/live/venue-vitals.ts';
import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { countClosedCandles, countTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import type { VenueEndpoints } from '../../shared/adapters/exchanges/venue.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { log } from '../../shared/runtime/log.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import type { Latencies } from '../measuring/latency-histogram.ts';
import { cpuSeconds } from '../measuring/process-usage.ts';
import { StoredTradesObserver } from '../measuring/stored-trades-observer.ts';
import { runProgram } from '../processes/program.ts';
import { createInstances } from '../strategies-of-market.ts';
import { BUSY_MARKET } from '../synthetic-trades.ts';

export interface LiveChainProgram {
  readonly request: {
    readonly dataDir: string;
    readonly endpoints: VenueEndpoints;
    readonly seconds: number;
    readonly warmUpSeconds: number;
  };
  readonly message: {
    readonly kind: 'done';
    /** From the venue's time of a trade until it can be queried. */
    readonly latencies: Latencies;
    /** The same from the stamp of the collector, which it sets when it comes to read the message. */
    readonly sinceReceived: Latencies;
    readonly trades: number;
    readonly candles: number;
    /** At the end, of all that are followed. */
    readonly booksBroken: number;
    /** Of two processors, from the beginning to the end. */
    readonly nodeCpuSeconds: number;
    readonly clickHouseCpuSeconds: number;
  };
}

const EXCHANGE: Exchange = 'binance';

await runProgram<LiveChainProgram>(async ({ dataDir, endpoints, seconds, warmUpSeconds }, tools) => {
  const sent = new StoredTradesObserver('timeMs');
  const received = new StoredTradesObserver();
  const platform = await openPlatform({
    dataDir,
    use: { market: 'simulated' },
    time: 'wall',
    decorate: (ports) => sent.observe(received.observe(ports)),
  });
  const listening = new AbortController();
  try {
    const market = new SyntheticMarket(BUSY_MARKET);
    await createInstances(platform, market);
    const vitals = new VenueVitals(EXCHANGE);
    platform.venues.push(vitals);
    const pids = [process.pid, platform.storage.clickHouseServer.pid];
    const before = pids.map(cpuSeconds);
    const countFromMs = Date.now() + warmUpSeconds * 1000;
    for (const observer of [sent, received]) observer.countFrom(countFromMs);
    const collector = collectLive({
      exchange: EXCHANGE,
      instrumentIds: market.instrumentIds,
      endpoints,
      writer: platform.ports.streams,
      state: platform.ports.state,
      isSole: true,
      log,
      signal: AbortSignal.any([listening.signal, tools.signal]),
      vitals,
    });
    await Promise.race([
      collector,
      sleep((warmUpSeconds + seconds) * 1000, undefined, { signal: tools.signal }),
    ]);
    const booksBroken = vitals.books?.broken.length ?? 0;
    const [nodeCpuSeconds, clickHouseCpuSeconds] = pids.map((pid, n) => cpuSeconds(pid) - before[n]!);
    listening.abort();
    await collector;
    await platform.runtime.drained();
    tools.report({
      kind: 'done',
      latencies: sent.latencies(),
      sinceReceived: received.latencies(),
      booksBroken,
      nodeCpuSeconds: nodeCpuSeconds!,
      clickHouseCpuSeconds: clickHouseCpuSeconds!,
      ...(await countStored(platform)),
    });
  } finally {
    await platform.close();
  }
});

async function countStored({
  storage,
}: Platform): Promise<{ readonly trades: number; readonly candles: number }> {
  const client = createClickHouse(storage.clickHouseServer.address);
  try {
    return { trades: await countTrades(client), candles: await countClosedCandles(client) };
  } finally {
    await client.close();
  }
}
