import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { pagesById } from '../pages-by-id.ts';
import { portionsOf } from '../portions.ts';
import type { LiveVenue, VenueLine } from '../venue.ts';
import { LEVELS_OF_BRIEF } from './books.ts';
import { symbolOfInstrument } from './symbols.ts';

const TRADES_A_PAGE = 1000;
/** A connection takes 1,024 streams, and its address lists them all: three an instrument, in some 6 KB. */
const INSTRUMENTS_A_LINE = 100;
const LEVELS_A_SNAPSHOT = 1000;
const SNAPSHOT_WEIGHT = 50;
const BRIEF_WEIGHT = 5;
/** Some 3,500 pairs, of some 1.6 KB each. */
const MAX_CATALOGUE_CHARACTERS = 24 * 1024 * 1024;
const TRADES_FROM_WEIGHT = 25;

export const tradesFrom = pagesById(TRADES_A_PAGE, (rest, instrumentId, fromTradeId) => ({
  url: `${rest}/api/v3/historicalTrades?symbol=${inAddress(instrumentId)}&fromId=${fromTradeId}&limit=${TRADES_A_PAGE}`,
  weight: TRADES_FROM_WEIGHT,
}));

export const binanceLive: LiveVenue = {
  endpoints: { ws: 'wss://stream.binance.com:9443', rest: 'https://api.binance.com' },
  // https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
  limits: { weightPerMinute: 6000 },
  connect: ({ ws }, instrumentIds) =>
    portionsOf(instrumentIds, INSTRUMENTS_A_LINE).map((ids): VenueLine => {
      const streams = ids.flatMap((id) => {
        const symbol = encodeURIComponent(symbolOfInstrument(id).toLowerCase());
        return [`${symbol}@trade`, `${symbol}@depth@100ms`, `${symbol}@bookTicker`];
      });
      const url = `${ws}/stream?streams=${streams.join('/')}`;
      return { url, instrumentIds: ids, bookIds: ids, subscribe: [], keepAlive: null, sayNewest: null };
    }),
  books: {
    kind: 'asked',
    snapshot: (rest, instrumentId) => ({
      url: `${rest}/api/v3/depth?symbol=${inAddress(instrumentId)}&limit=${LEVELS_A_SNAPSHOT}`,
      weight: SNAPSHOT_WEIGHT,
      urgency: 'can-wait',
    }),
    brief: (rest, instrumentId) => ({
      url: `${rest}/api/v3/depth?symbol=${inAddress(instrumentId)}&limit=${LEVELS_OF_BRIEF}`,
      weight: BRIEF_WEIGHT,
    }),
  },
  symbolOf: symbolOfInstrument,
  backfill: tradesFrom,
  latestTrade: (rest, instrumentId) => ({
    url: `${rest}/api/v3/trades?symbol=${inAddress(instrumentId)}&limit=1`,
    weight: 25,
  }),
  time: (rest) => ({ url: `${rest}/api/v3/time`, weight: 1 }),
  // Without the sets of permissions it is a fifth as long.
  catalogue: (rest) => ({
    url: `${rest}/api/v3/exchangeInfo?showPermissionSets=false`,
    weight: 20,
    mostCharacters: MAX_CATALOGUE_CHARACTERS,
  }),
};

export function inAddress(instrumentId: InstrumentId): string {
  return encodeURIComponent(symbolOfInstrument(instrumentId));
}
