/** Reads the books of Binance. https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#how-to-manage-a-local-order-book-correctly */
import type { BookRules } from '../../../domain/market-data/book/book-keeper.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { isFields, shown, type Fields } from '../told-fields.ts';
import { toldLevel, toldLevels } from '../told-levels.ts';
import type { VenueEvent } from '../venue.ts';

/** Updates count up without a gap, and the answer to a question says which of them it has. */
export const binanceBooks: BookRules = { snapshot: 'asked', checksum: null };

/** The most that are to be had for the least weight. */
export const LEVELS_OF_BRIEF = 100;

/** A `depthUpdate`, of whichever speed. */
export function readDepthUpdate(
  instrumentId: InstrumentId,
  { U: first, u: last, b, a }: Fields,
  venueTimeMs: number | null,
): VenueEvent {
  const bids = toldLevels(b, pairOf);
  const asks = toldLevels(a, pairOf);
  if (bids === null || asks === null) return noLevels(instrumentId);
  if (!isUpdateId(first) || !isUpdateId(last))
    return {
      kind: 'book-gap',
      instrumentId,
      cause: `an update numbered ${shown(first)} to ${shown(last)}`,
    };
  const updateIds = { first, last };
  return {
    kind: 'book-delta',
    instrumentId,
    updateIds,
    bids,
    asks,
    checksum: null,
    depth: null,
    venueTimeMs,
  };
}

/**
 * The answer to `/api/v3/depth`. Of a deeper book it has the best levels; the others are known once they change. One of which
 * few levels were asked for, and which has as many, is but the beginning of a book.
 * @param asked how many levels, as the question has it.
 */
export function readDepth(instrumentId: InstrumentId, value: unknown, asked: string | null): VenueEvent {
  const { lastUpdateId: updateId, bids: b, asks: a } = isFields(value) ? value : ({} as Fields);
  const bids = toldLevels(b, pairOf);
  const asks = toldLevels(a, pairOf);
  if (bids === null || asks === null || !isUpdateId(updateId))
    return { kind: 'malformed', cause: `a snapshot of ${instrumentId} without its levels or its number` };
  const snapshot = { instrumentId, updateId, bids, asks, checksum: null, depth: null } as const;
  const isBrief = asked === String(LEVELS_OF_BRIEF) && Math.max(bids.length, asks.length) >= LEVELS_OF_BRIEF;
  return { kind: 'book-snapshot', ...snapshot, ...(isBrief ? { isBrief } : {}) };
}

/** @returns null: it is no `bookTicker`, which does not say what it is. */
export function readBookTicker(instrumentId: InstrumentId, event: Fields): VenueEvent | null {
  const { u: updateId, b, B, a, A } = event as Record<'u' | 'b' | 'B' | 'a' | 'A', unknown>;
  const bid = toldLevel(b, B);
  const ask = toldLevel(a, A);
  if (!isUpdateId(updateId) || bid === null || ask === null) return null;
  const [[bidPrice, bidQuantity], [askPrice, askQuantity]] = [bid, ask];
  return { kind: 'quote', instrumentId, updateId, bid: bidPrice, bidQuantity, ask: askPrice, askQuantity };
}

function pairOf(row: unknown): ReturnType<typeof toldLevel> {
  return Array.isArray(row) ? toldLevel(row[0], row[1]) : null;
}

function noLevels(instrumentId: InstrumentId): VenueEvent {
  return { kind: 'book-gap', instrumentId, cause: 'an update with a level that is none' };
}

function isUpdateId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
