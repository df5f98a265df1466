/** What the levels of a book say beside their prices. Where one side is empty nothing is said: null. */
import { decimal, DECIMAL_PLACES, parseDecimal, type Decimal } from '../../decimal.ts';
import type { BookSide, Level } from './book-side.ts';
import { canonical, type OrderBook } from './order-book.ts';
import { FIRST_SCALE } from './price-scale.ts';
import { MAX_UNITS, NO_UNITS } from './quantity-units.ts';

/** The best price of a side, and how much is offered there. */
export interface BestLevel {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

export interface Microstructure {
  /** Ask − bid; not above zero where the book is crossed. */
  readonly spread: Decimal;
  /** (bid + ask) / 2, rounded down. */
  readonly mid: Decimal;
  /**
   * (bid × askQuantity + ask × bidQuantity) / (bidQuantity + askQuantity), rounded down: nearer to the side on which less is
   * offered, since that is the one that gives way. The weighted mid-price of S. Stoikov, "The micro-price: a high-frequency
   * estimator of future prices", Quantitative Finance 18 (2018). null: nothing is offered at either.
   */
  readonly microprice: Decimal | null;
  /**
   * (bidQuantity − askQuantity) / (bidQuantity + askQuantity), from −1 to 1. M. Gould and J. Bonart, "Queue imbalance as a
   * one-tick-ahead price predictor in a limit order book", Market Microstructure and Liquidity 2 (2016).
   */
  readonly imbalance: number | null;
}

export function microstructureOf(bid: BestLevel | null, ask: BestLevel | null): Microstructure | null {
  if (bid === null || ask === null) return null;
  const offered = bid.quantity + ask.quantity;
  const mid = (bid.price + ask.price) / 2n;
  if (offered <= 0n) return { spread: ask.price - bid.price, mid, microprice: null, imbalance: null };
  return {
    spread: ask.price - bid.price,
    mid,
    microprice: (bid.price * ask.quantity + ask.price * bid.quantity) / offered,
    imbalance: ratioOf(bid.quantity - ask.quantity, offered),
  };
}

/** To fifteen places, whatever the size of the amounts. */
function ratioOf(part: Decimal, whole: Decimal): number {
  return Number((part * PRECISION) / whole) / Number(PRECISION);
}

const PRECISION = 10n ** 15n;

/** How far from the middle depth is told of, in hundredths of a percent. */
const DEPTH_BANDS_BPS = [5, 10, 25] as const;

/**
 * How much is offered at prices no further than `bps` / 10,000 of the mid-price from it: "market depth" as exchanges and data
 * providers publish it (Kaiko, Coin Metrics). null: the book is not known so far out.
 */
export interface DepthWithin {
  readonly bps: number;
  readonly bidQuantity: Decimal | null;
  readonly askQuantity: Decimal | null;
}

/** Of a book that goes on for longer than this within a band, nothing is said of that band. */
const MAX_SUMMED_LEVELS = 10_000;
const BPS = 10_000n;

/**
 * @param tellsAll whether the venue tells of all levels there are, so that there is nothing behind the last.
 * @returns one for each band, narrowest first; none where a side is empty.
 */
export function depthsOf({ bids, asks }: OrderBook, tellsAll: boolean): readonly DepthWithin[] {
  const bid = priceOf(bids.best);
  const ask = priceOf(asks.best);
  if (bid === null || ask === null) return [];
  // Twice the mid-price: half a place is lost otherwise.
  const twice = bid + ask;
  const below = DEPTH_BANDS_BPS.map((bps) => (twice * (BPS - BigInt(bps))) / (2n * BPS));
  const above = DEPTH_BANDS_BPS.map((bps) => (twice * (BPS + BigInt(bps))) / (2n * BPS));
  const bidQuantities = sums(bids, tellsAll, below, (price, limit) => price >= limit);
  const askQuantities = sums(asks, tellsAll, above, (price, limit) => price <= limit);
  return DEPTH_BANDS_BPS.map((bps, n) => ({
    bps,
    bidQuantity: bidQuantities[n]!,
    askQuantity: askQuantities[n]!,
  }));
}

/** @param limits of the bands, the narrowest first. @returns what is offered within each. */
function sums(
  side: BookSide,
  tellsAll: boolean,
  limits: readonly Decimal[],
  isWithin: (price: Decimal, limit: Decimal) => boolean,
): (Decimal | null)[] {
  const { levels } = side;
  const results: (Decimal | null)[] = [];
  let sum = 0n;
  let end = levels.length;
  const last = Math.max(0, levels.length - MAX_SUMMED_LEVELS);
  for (const limit of limits) {
    const begin = firstWithin(levels, last, end, (price) => isWithin(price, limit));
    sum += offeredBy(side, begin, end);
    end = begin;
    results.push(begin > last || (tellsAll && last === 0) ? sum : null);
  }
  return results;
}

/** Prices get better from level to level. @returns the first from `low` on of those within, `high` where none before it is. */
function firstWithin(
  levels: readonly Level[],
  low: number,
  high: number,
  isWithin: (price: Decimal) => boolean,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isWithin(decimal(levels[middle]!.price))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What the units of a side count. */
const UNIT = 10n ** BigInt(DECIMAL_PLACES - FIRST_SCALE.places);

/** A thousand levels and more, once a second, in all books at once: units are added as doubles as long as that is exact. */
function offeredBy({ levels, units }: BookSide, begin: number, end: number): Decimal {
  let sum = 0n;
  let added = 0;
  for (let n = begin; n < end; n++) {
    if (units[n] === NO_UNITS) {
      sum += quantityOf(levels[n]!);
      continue;
    }
    added += units[n]!;
    if (added < MAX_UNITS) continue;
    sum += BigInt(added) * UNIT;
    added = 0;
  }
  return sum + BigInt(added) * UNIT;
}

function priceOf(level: Level | null): Decimal | null {
  return level === null ? null : parseDecimal(level.price);
}

/** Rounded down, as quantities are. */
function quantityOf({ quantity }: Level): Decimal {
  return parseDecimal(quantity) ?? parseDecimal(canonical(quantity)) ?? 0n;
}
