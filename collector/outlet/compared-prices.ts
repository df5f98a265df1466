import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { isDoubtfulBook } from '../../shared/domain/market-data/book/book-quality.ts';
import type { VenueConsensus } from '../../shared/domain/market-data/venue-consensus.ts';

/** What was asked for is of another time, and has no vote. A price that is none is for the reader to refuse. */
export function compareTrade(consensus: VenueConsensus, trade: ToldTrade): void {
  if (trade.isAnswer === true || typeof trade.price !== 'string') return;
  consensus.trade(trade.instrumentId, trade.price, trade.receivedAtMs);
}

export function compareBook(consensus: VenueConsensus, told: ToldBook): void {
  if (told.kind !== 'quote') return;
  const { instrumentId, bid, ask, quality, receivedAtMs } = told.quote;
  const [highest] = bid ?? [];
  const [lowest] = ask ?? [];
  if (highest === undefined || lowest === undefined || isDoubtfulBook(quality))
    consensus.loseBook(instrumentId);
  else consensus.quote(instrumentId, highest, lowest, receivedAtMs);
}
