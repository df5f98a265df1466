import { pagesById } from '../pages-by-id.ts';
import { portionsOf } from '../portions.ts';
import type { LiveVenue, VenueLine } from '../venue.ts';
import { symbolOfInstrument } from './symbols.ts';

const TRADES_A_PAGE = 1000;
/** A connection takes 1,024 streams, and its address lists them all. */
const INSTRUMENTS_A_LINE = 200;
const TRADES_FROM_WEIGHT = 25;

export const binanceLive: LiveVenue = {
  endpoints: { ws: 'wss://stream.binance.com:9443', rest: 'https://api.binance.com' },
  // https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
  limits: { weightPerMinute: 6000 },
  connect: ({ ws }, instrumentIds) =>
    portionsOf(instrumentIds, INSTRUMENTS_A_LINE).map((ids): VenueLine => {
      const streams = ids.map((id) => `${symbolOfInstrument(id).toLowerCase()}@trade`);
      const url = `${ws}/stream?streams=${streams.join('/')}`;
      return { url, instrumentIds: ids, subscribe: [], keepAlive: null };
    }),
  backfill: pagesById(TRADES_A_PAGE, (rest, instrumentId, fromTradeId) => ({
    url: `${rest}/api/v3/historicalTrades?symbol=${symbolOfInstrument(instrumentId)}&fromId=${fromTradeId}&limit=${TRADES_A_PAGE}`,
    weight: TRADES_FROM_WEIGHT,
  })),
  latestTrade: (rest, instrumentId) => ({
    url: `${rest}/api/v3/trades?symbol=${symbolOfInstrument(instrumentId)}&limit=1`,
    weight: 25,
  }),
  time: (rest) => ({ url: `${rest}/api/v3/time`, weight: 1 }),
};
