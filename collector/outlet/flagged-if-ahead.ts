import { isTradeTime, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { qualityOf, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import type { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';

/** A trade is told once it was made: what is further ahead of the venue's own clock was stamped wrong. */
const MAX_AHEAD_OF_VENUE_MS = 5000;
const FUTURE_TIME = qualityOf('future-time');

/**
 * A trade that is ahead of its venue is kept, and its time is not believed: whoever reads the flag moves nothing by it.
 * @param clock left out: nobody has told the venue's time yet, and then nothing is known of it
 */
export function flaggedIfAhead<Told extends ToldTrade>(trade: Told, clock: VenueClock | undefined): Told {
  const { timeMs, receivedAtMs, quality = UNFLAGGED } = trade;
  const venueMs = clock?.latestAt(receivedAtMs) ?? null;
  if (venueMs === null || typeof timeMs !== 'number' || timeMs <= venueMs + MAX_AHEAD_OF_VENUE_MS)
    return trade;
  // What is an hour ahead is set aside.
  return isTradeTime(timeMs, receivedAtMs, true) ? { ...trade, quality: quality | FUTURE_TIME } : trade;
}
