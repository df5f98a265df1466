import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { portionsOf } from '../portions.ts';
import type { BackfillPage, LiveVenue, VenueLine } from '../venue.ts';
import { symbolOfInstrument } from './symbols.ts';

const TRADES_A_PAGE = 1000;
/** Kraken names no bound; a connection that is lost is caught up within its instruments' REST calls, one a second. */
const INSTRUMENTS_A_LINE = 50;
/** The answer to a ping tells Kraken's clock, which its trades do not. */
const PING_EVERY_MS = 5000;

export const krakenLive: LiveVenue = {
  endpoints: { ws: 'wss://ws.kraken.com/v2', rest: 'https://api.kraken.com' },
  // https://support.kraken.com/articles/206548367-what-are-the-api-rate-limits-: about one public call a second
  limits: { weightPerMinute: 60, weightAtOnce: 5 },
  connect: ({ ws }, instrumentIds) =>
    portionsOf(instrumentIds, INSTRUMENTS_A_LINE).map((ids, n): VenueLine => {
      const trades = { channel: 'trade', symbol: ids.map(symbolOfInstrument), snapshot: true };
      // One connection tells what the venue lists.
      const instruments = n === 0 ? [say('subscribe', { channel: 'instrument', snapshot: true })] : [];
      return {
        url: ws,
        instrumentIds: ids,
        bookIds: ids,
        subscribe: [say('subscribe', trades), say('subscribe', booksOf(ids)), ...instruments],
        keepAlive: { message: JSON.stringify({ method: 'ping' }), everyMs: PING_EVERY_MS },
        sayNewest: (asked) =>
          ['unsubscribe', 'subscribe'].map((method) =>
            JSON.stringify({ method, params: { ...trades, symbol: asked.map(symbolOfInstrument) } }),
          ),
      };
    }),
  books: {
    kind: 'told',
    resubscribe: (ids) => {
      const { snapshot: _, ...books } = booksOf(ids);
      return [say('unsubscribe', books), say('subscribe', booksOf(ids))];
    },
  },
  symbolOf: symbolOfInstrument,
  backfill: { first: (rest, instrumentId, { timeMs }) => tradesOfAndAfter(rest, instrumentId, timeMs) },
  latestTrade: (rest, instrumentId) => ({ url: `${tradesOf(rest, instrumentId)}&count=1`, weight: 1 }),
  time: (rest) => ({ url: `${rest}/0/public/Time`, weight: 1 }),
  catalogue: (rest) => ({ url: `${rest}/0/public/AssetPairs`, weight: 1, mostCharacters: 16 * 1024 * 1024 }),
};

/** Of a book as deep as Kraken tells it. */
const DEPTH = 1000;

function booksOf(ids: readonly InstrumentId[]) {
  return { channel: 'book', symbol: ids.map(symbolOfInstrument), depth: DEPTH, snapshot: true };
}

function say(method: 'subscribe' | 'unsubscribe', params: object): string {
  return JSON.stringify({ method, params });
}

function tradesOf(rest: string, instrumentId: InstrumentId): string {
  return `${rest}/0/public/Trades?pair=${encodeURIComponent(symbolOfInstrument(instrumentId))}`;
}

/**
 * The trades of and after a time, oldest first: Kraken serves them by nanoseconds, beginning behind those that it is given.
 * @param fromMs `null`: the newest.
 */
export function tradesOfAndAfter(
  rest: string,
  instrumentId: InstrumentId,
  fromMs: number | null,
): BackfillPage {
  const since = fromMs === null ? '' : `&since=${fromMs - 1}999999`;
  return {
    request: { url: `${tradesOf(rest, instrumentId)}${since}&count=${TRADES_A_PAGE}`, weight: 1 },
    read: (trades) => {
      const lastMs = trades.at(-1)?.timeMs;
      const isLast = fromMs === null || trades.length < TRADES_A_PAGE || typeof lastMs !== 'number';
      if (isLast) return { trades, next: null };
      // A page of a single millisecond would be asked for again for ever.
      return { trades, next: tradesOfAndAfter(rest, instrumentId, Math.max(lastMs, fromMs + 1)) };
    },
  };
}
