import type { LiveVenue, Venue, VenueEndpoints } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { ListingKeeper } from '../outlet/listing-keeper.ts';
import type { LineTimings } from './live-line.ts';
import type { KnownTrades, LivePosition } from './live-position.ts';
import type { LiveConsensus } from './live-consensus.ts';
import type { Time } from '../../shared/ports/time.ts';
import type { VenueTransport } from './venue-transport.ts';
import type { VenueVitals } from './venue-vitals.ts';

export interface LiveFeedTimings extends LineTimings {
  readonly watermarkEveryMs: number;
  /** The position is saved so often, and the lease renewed with it. */
  readonly renewEveryMs: number;
  /** A trade waits at most this long for others to travel with. */
  readonly flushAfterMs: number;
  readonly restTimeoutMs: number;
  /** By so much REST answers may lag behind the stream. */
  readonly restLagMs: number;
  /** For so long after an interruption the missing trades are asked for. */
  readonly catchUpWithinMs: number;
  readonly catalogueEveryMs: number;
}

export interface LiveFeedOptions {
  readonly venue: Venue;
  readonly live: LiveVenue;
  readonly instrumentIds: readonly InstrumentId[];
  /** Of the lease under which it sends. */
  readonly fence: number;
  /** Of earlier runs. */
  readonly lastTrades: KnownTrades;
  readonly endpoints: VenueEndpoints;
  readonly transport: VenueTransport;
  readonly time: Time;
  readonly writer: StreamWriter;
  readonly timings: LiveFeedTimings;
  readonly log: Log;
  readonly random: () => number;
  readonly position: Pick<LivePosition, 'save' | 'saveAndRelease'>;
  /** Keeps what the venue lists. */
  readonly listings: Pick<ListingKeeper, 'note'>;
  readonly onFailure: (error: unknown) => void;
  /** Told when the venue is heard. */
  readonly vitals: VenueVitals;
  readonly consensus: LiveConsensus;
}
