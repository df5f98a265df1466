import type { VenueEndpoints } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { LeaseLost, takeLease, type Lease, type LeaseTimings } from './lease.ts';
import { ListingKeeper } from '../outlet/listing-keeper.ts';
import { LiveConsensus } from './live-consensus.ts';
import { LeasedWriter } from './leased-writer.ts';
import { LivePosition } from './live-position.ts';
import { LiveFeed } from './live-feed.ts';
import type { LiveFeedTimings } from './live-feed-options.ts';
import { liveVenue, type ListenedVenue } from './live-venue.ts';
import { systemTime, type Time } from '../../shared/ports/time.ts';
import { PatientWriter } from './patient-writer.ts';
import { networkTransport, type VenueTransport } from './venue-transport.ts';
import { VenueVitals } from './venue-vitals.ts';

export interface LiveTimings extends LiveFeedTimings, LeaseTimings {}

const LIVE_TIMINGS: LiveTimings = {
  handshakeMs: 10_000,
  pingAfterMs: 1000,
  answerWithinMs: 5000,
  silenceMs: 30_000,
  renewAfterMs: 23 * 3_600_000,
  watermarkEveryMs: 1000,
  restTimeoutMs: 5000,
  restLagMs: 500,
  catchUpWithinMs: 600_000,
  catalogueEveryMs: 3_600_000,
  firstRetryMs: 500,
  longestRetryMs: 3000,
  stableAfterMs: 30_000,
  overlapMs: 5000,
  leaseMs: 6000,
  renewEveryMs: 2000,
  flushAfterMs: 5,
  standbyEveryMs: 500,
};

export interface LiveOptions {
  readonly exchange: string;
  /** As `chooseInstruments` gave them. */
  readonly instrumentIds: readonly InstrumentId[];
  /** The venue's own unless a local stand-in is listened to. */
  readonly endpoints?: VenueEndpoints;
  readonly writer: StreamWriter;
  readonly state: StateStore;
  /** No other process can listen to the exchange for the same streams: one that did before has ended. */
  readonly isSole?: boolean;
  readonly log: Log;
  /** Ends the collector: what has come is sent first. */
  readonly signal: AbortSignal;
  /** Told when the venue is heard. Default: nobody is. */
  readonly vitals?: VenueVitals;
  /** Of all exchanges that this process listens to: their prices are compared. Default: with nobody's. */
  readonly consensus?: LiveConsensus;
  readonly timings?: Partial<LiveTimings>;
  /** The network's and the system's, by default. */
  readonly transport?: VenueTransport;
  readonly time?: Time;
  /** In [0, 1). */
  readonly random?: () => number;
}

const WRITE_ATTEMPTS = 8;

/**
 * Listens to an exchange until the signal and sends its trades into the streams without a gap. Several may be started for
 * one exchange: one of them holds the lease and listens, the others stand by.
 * @throws LiveRefused, or what the streams or the state store refused for good.
 */
export async function collectLive(options: LiveOptions): Promise<void> {
  const run: LiveRun = {
    ...options,
    ...liveVenue(options.exchange),
    timings: { ...LIVE_TIMINGS, ...options.timings },
    time: options.time ?? systemTime,
    random: options.random ?? Math.random,
    isSole: options.isSole ?? false,
    vitals: options.vitals ?? new VenueVitals(options.exchange),
    consensus: options.consensus ?? new LiveConsensus(),
  };
  for (;;) {
    const lease = await takeLease(run, run.signal);
    if (lease === null) return;
    try {
      await listen(run, lease);
      return;
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      run.log.warn(error.message, { exchange: run.exchange, fence: lease.fence });
    }
  }
}

interface LiveRun extends LiveOptions, ListenedVenue {
  readonly timings: LiveTimings;
  readonly time: Time;
  readonly random: () => number;
  readonly isSole: boolean;
  readonly vitals: VenueVitals;
  readonly consensus: LiveConsensus;
}

/**
 * Listens under a lease, over one connection after the other: what came while nobody listened is fetched, in the gaps of
 * a run and between runs. The order matters: the position is read under the lease, so nobody moves it any more; every
 * lane is claimed before anything is fetched, so whatever the holder before still sends is either in its lane already or
 * will be dropped, and is sent again in both cases.
 * @throws LeaseLost
 */
async function listen(run: LiveRun, lease: Lease): Promise<void> {
  const { venue, live, exchange, instrumentIds, state, log, time, timings, random, vitals } = run;
  const position = new LivePosition(state, exchange, lease);
  const lastTrades = await position.load().catch(async (error: unknown) => {
    // Whoever is started in this one's place, or stands by, need not wait for the lease to run out.
    await lease.release().catch(() => undefined);
    throw error;
  });
  const failure = new AbortController();
  const writer = new LeasedWriter(run.writer, lease);
  const feed = new LiveFeed({
    venue,
    live,
    instrumentIds,
    fence: lease.fence,
    lastTrades,
    endpoints: run.endpoints ?? live.endpoints,
    transport: run.transport ?? networkTransport,
    time,
    writer: new PatientWriter({ writer, attempts: WRITE_ATTEMPTS, signal: run.signal, log, time, random }),
    timings,
    log,
    random,
    position,
    listings: new ListingKeeper(state),
    onFailure: (error) => failure.abort(error),
    vitals,
    consensus: run.consensus,
  });
  const signal = AbortSignal.any([run.signal, failure.signal]);
  await feed.claimLanes();
  await feed.hold(signal);
  // Why it cannot go on counts for more than what failed because of it.
  await feed.finish().catch((error: unknown) => failure.abort(error));
  failure.signal.throwIfAborted();
}
