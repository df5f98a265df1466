/** Kraken's public REST interface. https://docs.kraken.com/api/docs/rest-api */
import { fixed, type Listing } from '../../market/listing.ts';
import type { Level } from '../../market/market-book.ts';
import { candlesOf, moneyText } from '../candles.ts';
import { NO_SUCH_PATH, numberIn, type RestAnswer, type VenueView } from '../protocol.ts';
import { pairOf } from './words.ts';

const MAX_PAGE = 1000;
/** REST still has Kraken's own codes. */
const OLD_CODES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };

/** @param target path and query. */
export function answerKraken(target: string, view: VenueView): RestAnswer {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  switch (pathname) {
    case '/0/public/Time':
      return result({
        unixtime: Math.floor(view.nowMs() / 1000),
        rfc1123: new Date(view.nowMs()).toUTCString(),
      });
    case '/0/public/AssetPairs':
      return result(
        Object.fromEntries(view.listings.map((listing) => [altname(listing), assetPair(listing)])),
      );
    case '/0/public/Trades':
    case '/0/public/OHLC':
    case '/0/public/Depth': {
      const asked = searchParams.get('pair');
      const listing = view.listings.find((each) => [pairOf(each), altname(each)].includes(asked ?? ''));
      if (listing === undefined) return { status: 200, body: { error: ['EQuery:Unknown asset pair'] } };
      return QUESTIONS[pathname]!(listing, searchParams, view);
    }
    default:
      return NO_SUCH_PATH;
  }
}

function result(of: unknown): RestAnswer {
  return { status: 200, body: { error: [], result: of } };
}

/** Those after a time in nanoseconds, the oldest first; without one, the newest. */
function trades(listing: Listing, query: URLSearchParams, { record }: VenueView): RestAnswer {
  const { instrumentId, priceDecimals, quantityDecimals } = listing;
  const count = Math.min(MAX_PAGE, numberIn(query, 'count', MAX_PAGE));
  const since = query.get('since');
  const found =
    since === null
      ? record.latest(instrumentId, count)
      : record.between(instrumentId, firstMillisecondAfter(since), Infinity).slice(0, count);
  const rows = found.map(({ id, priceTicks, quantitySteps, timeMs, isBuy }) => [
    fixed(priceTicks, priceDecimals),
    fixed(quantitySteps, quantityDecimals),
    timeMs / 1000,
    isBuy ? 'b' : 's',
    'm',
    '',
    id,
  ]);
  const last = found.at(-1)?.timeMs;
  return result({ [altname(listing)]: rows, last: last === undefined ? (since ?? '0') : `${last}000000` });
}

/** Trades here have whole milliseconds. */
function firstMillisecondAfter(sinceNs: string): number {
  return /^\d{1,24}$/.test(sinceNs) ? Number(BigInt(sinceNs) / 1_000_000n) + 1 : 0;
}

function depth(listing: Listing, query: URLSearchParams, view: VenueView): RestAnswer {
  const count = numberIn(query, 'count', 100);
  const second = Math.floor(view.nowMs() / 1000);
  const { bids, asks } = view.bookOf(listing).book;
  const rows = (levels: readonly Level[]): unknown =>
    levels
      .slice(0, count)
      .map(([price, quantity]) => [
        fixed(price, listing.priceDecimals),
        fixed(quantity, listing.quantityDecimals),
        second,
      ]);
  return result({ [altname(listing)]: { bids: rows(bids), asks: rows(asks) } });
}

const NEWEST_CANDLES = 720;

/** The newest after a second, the oldest first and the one under way last. */
function ohlc(listing: Listing, query: URLSearchParams, { record, nowMs }: VenueView): RestAnswer {
  const { instrumentId, priceDecimals, quantityDecimals } = listing;
  const lengthMs = numberIn(query, 'interval', 1) * 60_000;
  const earliestMs = nowMs() - (nowMs() % lengthMs) - (NEWEST_CANDLES - 1) * lengthMs;
  const sinceMs = numberIn(query, 'since', 0) * 1000;
  const known = candlesOf(record.between(instrumentId, earliestMs, Infinity), lengthMs);
  const price = (ticks: number): string => fixed(ticks, priceDecimals);
  const rows = known
    .filter(({ openMs }) => openMs > sinceMs)
    .map(({ openMs, openTicks, highTicks, lowTicks, closeTicks, steps, money, trades: count }) => [
      openMs / 1000,
      ...[openTicks, highTicks, lowTicks, closeTicks].map(price),
      moneyText(
        (money * 10n ** BigInt(quantityDecimals)) / BigInt(steps),
        priceDecimals + quantityDecimals,
        priceDecimals,
      ),
      fixed(steps, quantityDecimals),
      count,
    ]);
  return result({ [altname(listing)]: rows, last: (rows.at(-2)?.[0] ?? 0) as number });
}

/** Questions about one pair. */
const QUESTIONS: Readonly<
  Record<string, (listing: Listing, query: URLSearchParams, view: VenueView) => RestAnswer>
> = { '/0/public/Trades': trades, '/0/public/OHLC': ohlc, '/0/public/Depth': depth };

function altname({ base, quote }: Listing): string {
  return `${OLD_CODES[base] ?? base}${quote}`;
}

function assetPair(listing: Listing): unknown {
  const { base, quote, priceDecimals, quantityDecimals } = listing;
  return {
    altname: altname(listing),
    wsname: `${OLD_CODES[base] ?? base}/${quote}`,
    base: OLD_CODES[base] ?? base,
    quote,
    pair_decimals: priceDecimals,
    lot_decimals: quantityDecimals,
    ordermin: fixed(1, quantityDecimals),
    costmin: '0.5',
    tick_size: fixed(1, priceDecimals),
    status: 'online',
  };
}
