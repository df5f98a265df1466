/** Three simulated venues and their collectors over real sockets, in real time, with faults mixed by seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive } from '../../collector/live/collect-live.ts';
import { systemTime } from '../../shared/ports/time.ts';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { EXCHANGES } from '../../shared/domain/market-data/exchanges.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { serveVenues } from '../../simulator/venues/serve-venues.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { FaultPlan } from '../../simulator/venues/venue-faults.ts';
import { LaneArrivals, RECOVERED_WITHIN_MS } from './lane-arrivals.ts';
import { openMemoryState } from './memory-state.ts';
import { faultsOf, MIXED_MS, type FaultyRun } from './venues-under-faults.ts';

const QUIET_MS = 2000;
/** Before the collectors end: what they hold then is fetched by those that follow. */
const UNDER_WAY_MS = 2000;

export async function runOverSockets(seed: number): Promise<FaultyRun> {
  const calmMs = Date.now() + QUIET_MS;
  const faults = faultsOf(seed, calmMs);
  const venues = simulatedVenues({
    seed,
    instruments: 20,
    tradesPerSecond: 2,
    time: systemTime,
    random: mulberry32(seed),
    historyMs: 30_000,
    faults: new Map(EXCHANGES.map((exchange) => [exchange, new FaultPlan(faults.get(exchange))] as const)),
  });
  for (const venue of venues) venue.open();
  const served = await serveVenues(venues, 0);
  const arrivals = new LaneArrivals(() => Date.now());
  const stop = new AbortController();
  const logged: string[] = [];
  const write = (line: string): void => void logged.push(`${Date.now() - calmMs} ${line}`);
  const collectors = venues.map(async ({ exchange, listings }) =>
    collectLive({
      exchange,
      instrumentIds: listings.map(({ instrumentId }) => instrumentId),
      endpoints: served.endpoints.get(exchange)!,
      writer: arrivals.writer,
      state: openMemoryState(),
      isSole: true,
      log: createLog({ write }, 'info'),
      signal: stop.signal,
    }),
  );
  await sleep(QUIET_MS + MIXED_MS + RECOVERED_WITHIN_MS + UNDER_WAY_MS);
  for (const venue of venues) venue.close();
  stop.abort();
  await Promise.all(collectors);
  await served.close();
  return { ...arrivals.compare(venues, faults, calmMs, calmMs + MIXED_MS + RECOVERED_WITHIN_MS), logged };
}
