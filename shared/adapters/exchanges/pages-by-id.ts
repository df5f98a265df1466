import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import { parseTradeId } from '../../domain/market-data/trade.ts';
import type { Backfill, BackfillPage, VenueRequest } from './venue.ts';

/** Asks for the trades of an instrument from an id on, oldest first. */
type AskFrom = (rest: string, instrumentId: InstrumentId, fromTradeId: number) => VenueRequest;

/** The backfill of a venue that serves its trades by their ids. A page that is not full is the last one. */
export function pagesById(tradesAPage: number, ask: AskFrom): Backfill {
  const page = (rest: string, instrumentId: InstrumentId, fromTradeId: number): BackfillPage => ({
    request: ask(rest, instrumentId, fromTradeId),
    read: (trades) => {
      const lastId = parseTradeId(trades.at(-1)?.tradeId);
      const isLast = trades.length < tradesAPage || lastId === null;
      return { trades, next: isLast ? null : page(rest, instrumentId, lastId + 1) };
    },
  });
  return { first: (rest, instrumentId, after) => page(rest, instrumentId, after.tradeId + 1) };
}
