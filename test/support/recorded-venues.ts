/** Three simulated venues and the collectors of one process that listen to them, in made-up time: what they send and record. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive } from '../../collector/live/collect-live.ts';
import { LiveConsensus } from '../../collector/live/live-consensus.ts';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { inProcessEndpoints, inProcessTransport } from '../../simulator/venues/in-process-transport.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { FaultPlan, type Fault } from '../../simulator/venues/venue-faults.ts';
import { openMemoryState } from './memory-state.ts';
import { RecordingStreamWriter } from './recording-stream-writer.ts';
import { SimulatedTime } from './simulated-time.ts';

const quiet = createLog({ write: () => undefined }, 'error');

export const RECORDED_FROM_MS = Date.UTC(2026, 0, 1);

export interface RecordedVenuesOptions {
  readonly seed: number;
  readonly instruments: number;
  readonly tradesPerSecond: number;
  readonly seconds: number;
  readonly faults: ReadonlyMap<Exchange, readonly Fault[]>;
}

/** What is packed for the archive is packed by threads, which know of no time but the real one. */
const MOST_TURNS = 200;
const TURN_MS = 50;

export async function recordVenues(options: RecordedVenuesOptions): Promise<RecordingStreamWriter> {
  const { seed, instruments, tradesPerSecond, seconds, faults } = options;
  const writer = new RecordingStreamWriter();
  const time = new SimulatedTime(RECORDED_FROM_MS);
  const process = time.process();
  const random = mulberry32(seed);
  const venues = simulatedVenues({
    seed,
    instruments,
    tradesPerSecond,
    time: process,
    random,
    historyMs: 10_000,
    faults: new Map(EXCHANGES.map((exchange) => [exchange, new FaultPlan(faults.get(exchange))] as const)),
  });
  const stop = new AbortController();
  const consensus = new LiveConsensus();
  let running = venues.length;
  const collectors = venues.map(async (venue) => {
    venue.open();
    await collectLive({
      exchange: venue.exchange,
      instrumentIds: venue.listings.map(({ instrumentId }) => instrumentId),
      endpoints: inProcessEndpoints(venue),
      writer,
      state: openMemoryState(),
      isSole: true,
      log: quiet,
      signal: stop.signal,
      consensus,
      transport: inProcessTransport({ venues, time: process, random }),
      time: process,
      random,
    }).finally(() => running--);
  });
  await time.pass(seconds * 1000);
  for (const venue of venues) venue.close();
  stop.abort();
  for (let n = 0; n < MOST_TURNS && running > 0; n++) {
    await time.pass(TURN_MS);
    await sleep(1);
  }
  if (running > 0) throw new Error('a collector does not end');
  await Promise.all(collectors);
  return writer;
}
