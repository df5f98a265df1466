import { isTradeTime, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { flaggedWith, qualityOf } from '../../shared/domain/market-data/quality-flags.ts';
import type { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';

/** A trade is told once it was made: what is further ahead of the venue's own clock was stamped wrong. */
const MAX_AHEAD_OF_VENUE_MS = 5000;
const FUTURE_TIME = qualityOf('future-time');
/** What a venue tells by itself it tells at once, or within seconds of what held it up. */
const MAX_BEHIND_VENUE_MS = 60_000;
const ANCIENT_TIME = qualityOf('ancient-time');

/**
 * A trade that is ahead of its venue is kept, and its time is not believed: whoever reads the flag moves nothing by it. One
 * that lies far behind is kept as well, and may be late; what was asked for is as old as it is.
 * @param clock left out: nobody has told the venue's time yet, and then nothing is known of it
 */
export function flaggedByTime<Told extends ToldTrade>(trade: Told, clock: VenueClock | undefined): Told {
  const { timeMs, receivedAtMs, isAnswer = false } = trade;
  const venueMs = clock?.latestAt(receivedAtMs) ?? null;
  if (clock === undefined || venueMs === null || typeof timeMs !== 'number') return trade;
  // What is an hour ahead, or a day behind, is set aside.
  if (timeMs > venueMs + MAX_AHEAD_OF_VENUE_MS)
    return isTradeTime(timeMs, receivedAtMs, true) ? flaggedWith(trade, FUTURE_TIME) : trade;
  if (isAnswer || timeMs >= venueMs - MAX_BEHIND_VENUE_MS) return trade;
  const earliestMs = clock.at(receivedAtMs) ?? venueMs;
  return timeMs < earliestMs - MAX_BEHIND_VENUE_MS && isTradeTime(timeMs, receivedAtMs)
    ? flaggedWith(trade, ANCIENT_TIME)
    : trade;
}
