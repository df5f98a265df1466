import type { LiveVenue, Venue } from '../../shared/adapters/exchanges/venue.ts';
import { LIVE_EXCHANGES, venueOf } from '../../shared/adapters/exchanges/venues.ts';
import { isExchange } from '../../shared/domain/market-data/exchanges.ts';

/** What was asked for cannot be listened to. The message is one line. */
export class LiveRefused extends Error {
  override readonly name = 'LiveRefused';
}

export interface ListenedVenue {
  readonly venue: Venue;
  readonly live: LiveVenue;
}

/** @throws LiveRefused */
export function liveVenue(exchange: string): ListenedVenue {
  const venue = isExchange(exchange) ? venueOf(exchange) : null;
  if (venue !== null && venue.live !== null) return { venue, live: venue.live };
  throw new LiveRefused(
    `live: exchange ${JSON.stringify(exchange)} is not supported yet (supported: ${LIVE_EXCHANGES.join(', ')})`,
  );
}
