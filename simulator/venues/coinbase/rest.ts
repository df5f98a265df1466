/** Coinbase's public REST interface. https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public */
import { fixed, type Listing } from '../../market/listing.ts';
import type { Level } from '../../market/market-book.ts';
import { candlesOf } from '../candles.ts';
import { iso, NO_SUCH_PATH, numberIn, type RestAnswer, type VenueView } from '../protocol.ts';
import { productOf, tradeRows } from './words.ts';

const PRODUCTS = '/api/v3/brokerage/market/products';
const MAX_PAGE = 1000;

/** @param target path and query. */
export function answerCoinbase(target: string, view: VenueView): RestAnswer {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  if (pathname === '/api/v3/brokerage/time') return time(view.nowMs());
  if (pathname === PRODUCTS) {
    const products = view.listings.map(product);
    return { status: 200, body: { products, num_products: products.length } };
  }
  if (pathname === '/api/v3/brokerage/market/product_book') return book(searchParams, view);
  const [, named, question] =
    /^\/api\/v3\/brokerage\/market\/products\/([^/]+)\/(ticker|candles)$/.exec(pathname) ?? [];
  if (named === undefined) return NO_SUCH_PATH;
  const listing = listingOf(view, decodeURIComponent(named));
  if (listing === undefined) return notFound();
  return question === 'ticker' ? trades(listing, searchParams, view) : candles(listing, searchParams, view);
}

function listingOf({ listings }: VenueView, product: string | null): Listing | undefined {
  return listings.find((listing) => productOf(listing) === product);
}

function time(nowMs: number): RestAnswer {
  const epochSeconds = String(Math.floor(nowMs / 1000));
  return { status: 200, body: { iso: iso(nowMs), epochSeconds, epochMillis: String(nowMs) } };
}

/** The newest of a time, the newest first. */
function trades(listing: Listing, query: URLSearchParams, { record, bookOf }: VenueView): RestAnswer {
  const count = Math.min(MAX_PAGE, numberIn(query, 'limit', 100));
  const fromMs = numberIn(query, 'start', 0) * 1000;
  const untilMs = numberIn(query, 'end', Infinity) * 1000;
  const found = record.between(listing.instrumentId, fromMs, untilMs + 1);
  const { bids, asks } = bookOf(listing).book;
  return {
    status: 200,
    body: {
      trades: JSON.parse(`[${tradeRows(listing, found.slice(-count))}]`) as unknown,
      best_bid: fixed(bids[0]?.[0] ?? 0, listing.priceDecimals),
      best_ask: fixed(asks[0]?.[0] ?? 0, listing.priceDecimals),
    },
  };
}

const SECONDS: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60,
  FIVE_MINUTE: 300,
  FIFTEEN_MINUTE: 900,
  ONE_HOUR: 3600,
  ONE_DAY: 86_400,
};
const MAX_CANDLES = 350;

/** Those that open in a time, the newest first; without trades there is none. */
function candles(listing: Listing, query: URLSearchParams, { record }: VenueView): RestAnswer {
  const seconds = SECONDS[query.get('granularity') ?? ''];
  const [start, end] = [numberIn(query, 'start', NaN), numberIn(query, 'end', NaN)];
  if (seconds === undefined || !(start < end)) return refused('granularity, start and end are required');
  if ((end - start) / seconds > MAX_CANDLES)
    return refused(`number of candles requested should be less than ${MAX_CANDLES}`);
  const opensFrom = Math.ceil(start / seconds) * seconds;
  const opensTo = Math.floor(end / seconds) * seconds;
  const told = record.between(listing.instrumentId, opensFrom * 1000, (opensTo + seconds) * 1000);
  const price = (ticks: number): string => fixed(ticks, listing.priceDecimals);
  const rows = candlesOf(told, seconds * 1000).map((candle) => ({
    start: String(candle.openMs / 1000),
    low: price(candle.lowTicks),
    high: price(candle.highTicks),
    open: price(candle.openTicks),
    close: price(candle.closeTicks),
    volume: fixed(candle.steps, listing.quantityDecimals),
  }));
  return { status: 200, body: { candles: rows.toReversed() } };
}

function refused(message: string): RestAnswer {
  return { status: 400, body: { error: 'INVALID_ARGUMENT', message } };
}

function book(query: URLSearchParams, view: VenueView): RestAnswer {
  const listing = listingOf(view, query.get('product_id'));
  if (listing === undefined) return notFound();
  const limit = numberIn(query, 'limit', Infinity);
  const { bids, asks } = view.bookOf(listing).book;
  const rows = (levels: readonly Level[]): unknown =>
    levels.slice(0, limit).map(([price, size]) => ({
      price: fixed(price, listing.priceDecimals),
      size: fixed(size, listing.quantityDecimals),
    }));
  const pricebook = {
    product_id: productOf(listing),
    bids: rows(bids),
    asks: rows(asks),
    time: iso(view.nowMs()),
  };
  return { status: 200, body: { pricebook } };
}

function product(listing: Listing): unknown {
  return {
    product_id: productOf(listing),
    product_type: 'SPOT',
    status: 'online',
    base_currency_id: listing.base,
    quote_currency_id: listing.quote,
    price_increment: fixed(1, listing.priceDecimals),
    quote_increment: fixed(1, listing.priceDecimals),
    base_increment: fixed(1, listing.quantityDecimals),
    base_min_size: fixed(1, listing.quantityDecimals),
    quote_min_size: '1',
    trading_disabled: false,
    is_disabled: false,
    cancel_only: false,
    view_only: false,
  };
}

function notFound(): RestAnswer {
  return { status: 404, body: { error: 'NOT_FOUND', message: 'valid product_id is required' } };
}
