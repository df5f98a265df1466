import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { portionsOf } from '../portions.ts';
import type { BackfillPage, LiveVenue, VenueLine, VenueRequest } from '../venue.ts';
import { productOfInstrument } from './symbols.ts';

const TRADES_A_PAGE = 1000;
/** Coinbase names no bound for a connection, and sends what came within 250 ms in one message. */
const INSTRUMENTS_A_LINE = 50;

export const coinbaseLive: LiveVenue = {
  endpoints: { ws: 'wss://advanced-trade-ws.coinbase.com', rest: 'https://api.coinbase.com' },
  // https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/rest-api: ten public calls a second
  limits: { weightPerMinute: 300, weightAtOnce: 5 },
  // Messages are numbered over all channels of a connection. One of trades may go into the archive late, behind those that
  // it lacked, so that the numbers of books are on a connection of their own.
  connect: ({ ws }, instrumentIds) =>
    portionsOf(instrumentIds, INSTRUMENTS_A_LINE).flatMap((ids): VenueLine[] => {
      const line = { url: ws, keepAlive: null };
      return [
        {
          ...line,
          instrumentIds: ids,
          bookIds: [],
          subscribe: [say('subscribe', 'market_trades', ids), HEARTBEATS],
          sayNewest: (asked) => [
            say('unsubscribe', 'market_trades', asked),
            say('subscribe', 'market_trades', asked),
          ],
        },
        {
          ...line,
          instrumentIds: [],
          bookIds: ids,
          subscribe: [say('subscribe', 'level2', ids), HEARTBEATS],
          sayNewest: null,
        },
      ];
    }),
  books: {
    kind: 'told',
    resubscribe: (ids) => [say('unsubscribe', 'level2', ids), say('subscribe', 'level2', ids)],
  },
  symbolOf: productOfInstrument,
  backfill: {
    first: (rest, instrumentId, { timeMs }, nowMs) => {
      const toSecond = Math.ceil(nowMs / 1000) + AHEAD_SECONDS;
      if (timeMs === null) return newest(rest, instrumentId);
      const fromSecond = Math.floor(timeMs / 1000);
      return tradePages({ rest, instrumentId, toSecond }, fromSecond, Math.max(1, toSecond - fromSecond));
    },
  },
  latestTrade: (rest, instrumentId) => request(rest, instrumentId, 'limit=1'),
  time: (rest) => ({ url: `${rest}/api/v3/brokerage/time`, weight: 1 }),
  catalogue: (rest) => ({
    url: `${rest}/api/v3/brokerage/market/products?product_type=SPOT`,
    weight: 1,
    mostCharacters: 8 * 1024 * 1024,
  }),
};

function say(type: 'subscribe' | 'unsubscribe', channel: string, ids: readonly InstrumentId[]): string {
  return JSON.stringify({ type, channel, product_ids: ids.map(productOfInstrument) });
}

/** Without them Coinbase ends a connection on which nothing happens. */
const HEARTBEATS = JSON.stringify({ type: 'subscribe', channel: 'heartbeats' });

/** The venue's clock may be ahead of ours by this much. */
const AHEAD_SECONDS = 60;

interface Range {
  readonly rest: string;
  readonly instrumentId: InstrumentId;
  readonly toSecond: number;
}

/**
 * The trades of some seconds. Of more than fit into an answer, Coinbase gives the newest: then those of half the time are
 * asked for, until all of them fit; and of twice as long after an answer that was not a quarter full.
 */
export function tradePages(range: Range, fromSecond: number, seconds: number): BackfillPage {
  const { rest, instrumentId, toSecond } = range;
  const endSecond = Math.min(toSecond, fromSecond + seconds);
  const query = `limit=${TRADES_A_PAGE}&start=${fromSecond}&end=${endSecond}`;
  return {
    request: request(rest, instrumentId, query),
    read: (trades) => {
      if (trades.length >= TRADES_A_PAGE && seconds > 1)
        return { trades: [], next: tradePages(range, fromSecond, Math.ceil(seconds / 2)) };
      const nextSeconds = trades.length < TRADES_A_PAGE / 4 ? seconds * 2 : seconds;
      return { trades, next: endSecond >= toSecond ? null : tradePages(range, endSecond, nextSeconds) };
    },
  };
}

function newest(rest: string, instrumentId: InstrumentId): BackfillPage {
  return {
    request: request(rest, instrumentId, `limit=${TRADES_A_PAGE}`),
    read: (trades) => ({ trades, next: null }),
  };
}

function request(rest: string, instrumentId: InstrumentId, query: string): VenueRequest {
  const product = encodeURIComponent(productOfInstrument(instrumentId));
  return { url: `${rest}/api/v3/brokerage/market/products/${product}/ticker?${query}`, weight: 1 };
}
