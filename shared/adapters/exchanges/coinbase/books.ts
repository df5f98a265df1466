/** Reads the books of Coinbase. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels#level2-channel */
import type { BookRules } from '../../../domain/market-data/book/book-keeper.ts';
import type { ToldLevel } from '../../../domain/market-data/book/order-book.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { isFields, shown, type Fields } from '../told-fields.ts';
import { toldLevel } from '../told-levels.ts';
import type { VenueEvent } from '../venue.ts';

/** The messages of a connection are numbered, which its decoder follows: a book's own updates are not. */
export const coinbaseBooks: BookRules = { snapshot: 'told', checksum: null, tellsAll: true };

/** One of the events of a `l2_data` message. */
export function readLevel2(
  instrumentId: InstrumentId,
  { type, updates }: Fields,
  venueTimeMs: number | null,
): VenueEvent {
  const levels = sidesOf(updates);
  if (typeof levels === 'string') return { kind: 'book-gap', instrumentId, cause: levels };
  const told = { instrumentId, ...levels, checksum: null, depth: null };
  if (type === 'snapshot') return { kind: 'book-snapshot', ...told, updateId: null };
  if (type === 'update') return { kind: 'book-delta', ...told, updateIds: null, venueTimeMs };
  return { kind: 'book-gap', instrumentId, cause: `levels of a type ${shown(type)}` };
}

/** @returns one line about what is no level. */
function sidesOf(updates: unknown): { bids: readonly ToldLevel[]; asks: readonly ToldLevel[] } | string {
  if (!Array.isArray(updates)) return 'an update without a list of levels';
  const bids: ToldLevel[] = [];
  const asks: ToldLevel[] = [];
  for (const row of updates as unknown[]) {
    const { side, price_level: price, new_quantity: quantity } = isFields(row) ? row : ({} as Fields);
    const level = toldLevel(price, quantity);
    if (level === null) return 'an update with a level that is none';
    if (side === 'bid') bids.push(level);
    else if (side === 'offer') asks.push(level);
    else return `a level of a side ${shown(side)}`;
  }
  return { bids, asks };
}
