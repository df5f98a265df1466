/** Binance's REST interface. https://developers.binance.com/docs/binance-spot-api-docs/rest-api */
import { fixed, type Listing } from '../../market/listing.ts';
import { NO_SUCH_PATH, numberIn, type RestAnswer, type VenueView } from '../protocol.ts';
import { candlesOf, moneyText, type VenueCandle } from '../candles.ts';
import type { PrintedTrade } from '../venue-record.ts';
import { eightPlaces, rowsOf, symbolOf } from './words.ts';

const MAX_PAGE = 1000;
const MAX_LEVELS = 5000;
const INVALID_SYMBOL: RestAnswer = { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };

type Question = (listing: Listing, query: URLSearchParams, view: VenueView) => unknown;

/** Questions about one pair. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  '/api/v3/trades': (listing, query, { record }) =>
    record.latest(listing.instrumentId, pageOf(query)).map((trade) => tradeRow(listing, trade)),
  '/api/v3/historicalTrades': (listing, query, { record }) =>
    (query.has('fromId')
      ? record.fromId(listing.instrumentId, numberIn(query, 'fromId', 0), pageOf(query))
      : record.latest(listing.instrumentId, pageOf(query))
    ).map((trade) => tradeRow(listing, trade)),
  '/api/v3/aggTrades': (listing, query, view) =>
    aggregated(listing, query, view).map((trade) => aggregateRow(listing, trade)),
  '/api/v3/klines': (listing, query, view) => klines(listing, query, view),
  '/api/v3/depth': (listing, query, view) => {
    const { book, updateId } = view.bookOf(listing);
    const limit = Math.min(MAX_LEVELS, numberIn(query, 'limit', 100));
    const [bids, asks] = [book.bids, book.asks].map(
      (side) => JSON.parse(rowsOf(listing, side.slice(0, limit))) as unknown,
    );
    return { lastUpdateId: updateId, bids, asks };
  },
};

/** @param target path and query. */
export function answerBinance(target: string, view: VenueView): RestAnswer {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  if (pathname === '/api/v3/time') return { status: 200, body: { serverTime: view.nowMs() } };
  if (pathname === '/api/v3/exchangeInfo') return { status: 200, body: exchangeInfo(view) };
  const question = QUESTIONS[pathname];
  if (question === undefined) return NO_SUCH_PATH;
  const listing = view.listings.find((each) => symbolOf(each) === searchParams.get('symbol'));
  if (listing === undefined) return INVALID_SYMBOL;
  return { status: 200, body: question(listing, searchParams, view) };
}

function pageOf(query: URLSearchParams): number {
  return Math.min(MAX_PAGE, numberIn(query, 'limit', 500));
}

/** Each trade is an aggregate of its own here. */
function aggregated(
  { instrumentId }: Listing,
  query: URLSearchParams,
  { record }: VenueView,
): readonly PrintedTrade[] {
  const count = pageOf(query);
  if (query.has('fromId')) return record.fromId(instrumentId, numberIn(query, 'fromId', 0), count);
  if (!query.has('startTime') && !query.has('endTime')) return record.latest(instrumentId, count);
  const untilMs = numberIn(query, 'endTime', Infinity) + 1;
  return record.between(instrumentId, numberIn(query, 'startTime', 0), untilMs).slice(0, count);
}

function tradeRow(listing: Listing, { id, priceTicks, quantitySteps, timeMs, isBuy }: PrintedTrade): unknown {
  const { priceDecimals, quantityDecimals } = listing;
  const [price, quantity] = [priceTicks / 10 ** priceDecimals, quantitySteps / 10 ** quantityDecimals];
  return {
    id,
    price: eightPlaces(priceTicks, priceDecimals),
    qty: eightPlaces(quantitySteps, quantityDecimals),
    quoteQty: (price * quantity).toFixed(8),
    time: timeMs,
    isBuyerMaker: !isBuy,
    isBestMatch: true,
  };
}

function aggregateRow(
  listing: Listing,
  { id, priceTicks, quantitySteps, timeMs, isBuy }: PrintedTrade,
): unknown {
  return {
    a: id,
    p: eightPlaces(priceTicks, listing.priceDecimals),
    q: eightPlaces(quantitySteps, listing.quantityDecimals),
    f: id,
    l: id,
    T: timeMs,
    m: !isBuy,
    M: true,
  };
}

const LENGTHS_MS: Readonly<Record<string, number>> = {
  '1s': 1000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

/** Those that open in a time, the oldest first, and those without trades among them; the one under way too. */
function klines(listing: Listing, query: URLSearchParams, { record, nowMs }: VenueView): unknown {
  const lengthMs = LENGTHS_MS[query.get('interval') ?? ''];
  if (lengthMs === undefined) return { code: -1120, msg: 'Invalid interval.' };
  const limit = pageOf(query);
  const fromMs = Math.ceil(numberIn(query, 'startTime', 0) / lengthMs) * lengthMs;
  const untilMs = Math.min(numberIn(query, 'endTime', Infinity), nowMs()) + 1;
  const known = candlesOf(record.between(listing.instrumentId, fromMs, untilMs + lengthMs), lengthMs);
  const byOpen = new Map(known.map((candle) => [candle.openMs, candle]));
  const rows: unknown[] = [];
  let closeTicks = known[0]?.openTicks ?? 0;
  for (
    let openMs = known[0]?.openMs ?? untilMs;
    openMs < untilMs && rows.length < limit;
    openMs += lengthMs
  ) {
    const candle = byOpen.get(openMs) ?? quietCandle(openMs, closeTicks);
    closeTicks = candle.closeTicks;
    rows.push(klineOf(listing, candle, lengthMs));
  }
  return rows;
}

function quietCandle(openMs: number, ticks: number): VenueCandle {
  return {
    ...{ openMs, openTicks: ticks, highTicks: ticks, lowTicks: ticks, closeTicks: ticks },
    ...{ steps: 0, takerBuySteps: 0, money: 0n, takerBuyMoney: 0n, trades: 0 },
  };
}

function klineOf(
  { priceDecimals, quantityDecimals }: Listing,
  candle: VenueCandle,
  lengthMs: number,
): unknown {
  const price = (ticks: number): string => eightPlaces(ticks, priceDecimals);
  const money = (sum: bigint): string => moneyText(sum, priceDecimals + quantityDecimals, 8);
  const { openMs, openTicks, highTicks, lowTicks, closeTicks, steps, takerBuySteps } = candle;
  return [
    openMs,
    ...[openTicks, highTicks, lowTicks, closeTicks].map(price),
    eightPlaces(steps, quantityDecimals),
    openMs + lengthMs - 1,
    money(candle.money),
    candle.trades,
    eightPlaces(takerBuySteps, quantityDecimals),
    money(candle.takerBuyMoney),
    '0',
  ];
}

function exchangeInfo({ listings, nowMs }: VenueView): unknown {
  return {
    timezone: 'UTC',
    serverTime: nowMs(),
    rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 }],
    symbols: listings.map((listing) => ({
      symbol: symbolOf(listing),
      status: 'TRADING',
      baseAsset: listing.base,
      quoteAsset: listing.quote,
      isSpotTradingAllowed: true,
      filters: [
        { filterType: 'PRICE_FILTER', tickSize: fixed(1, listing.priceDecimals) },
        {
          filterType: 'LOT_SIZE',
          stepSize: fixed(1, listing.quantityDecimals),
          minQty: fixed(1, listing.quantityDecimals),
        },
        { filterType: 'NOTIONAL', minNotional: '5.00000000' },
      ],
    })),
  };
}
