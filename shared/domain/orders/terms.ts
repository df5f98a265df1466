/** What is asked of a venue, apart from whose order it is: data, checked once when an order is made. */
import type { Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'DAY', 'GTD'] as const;
/**
 * `GTC` until it is canceled; `IOC` what is there at once, the rest is canceled; `FOK` all at once or nothing; `DAY` until the end of
 * the UTC day in which it takes effect; `GTD` until `goodTillMs`. Of a stop it counts from its trigger on, but for DAY and GTD.
 */
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

interface AnyTerms {
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  /** Of GTD alone. */
  readonly goodTillMs: number | null;
  /** It fills no more than what brings the position to zero. */
  readonly reduceOnly: boolean;
}

interface InBaseUnits {
  readonly quantity: Decimal;
}

interface Priced {
  readonly price: Decimal;
  /** It never takes: where it would on arrival, it is rejected. */
  readonly postOnly: boolean;
}

/** By base units, or (a purchase) by the cash to spend, fee included. */
export type Market = AnyTerms & { readonly type: 'MARKET' } & (
    | { readonly quantity: Decimal; readonly quoteQuantity: null }
    | { readonly quantity: null; readonly quoteQuantity: Decimal }
  );

export interface Limit extends AnyTerms, InBaseUnits, Priced {
  readonly type: 'LIMIT';
}

/** A market order from the first trade at or beyond `stopPrice` on: at or below it to sell, at or above it to buy. */
export interface Stop extends AnyTerms, InBaseUnits {
  readonly type: 'STOP';
  readonly stopPrice: Decimal;
}

/** The same, and a limit order from then on. */
export interface StopLimit extends AnyTerms, InBaseUnits, Priced {
  readonly type: 'STOP_LIMIT';
  readonly stopPrice: Decimal;
}

/** A stop that follows the best price seen at a distance, and never goes back. */
export interface TrailingStop extends AnyTerms, InBaseUnits {
  readonly type: 'TRAILING_STOP';
  readonly trail: Trail;
  /** It follows from the first trade at or beyond this price on, in our favour; null: from the beginning. */
  readonly activationPrice: Decimal | null;
}

/** `amount`: in the quote currency; `fraction`: of the best price. */
export interface Trail {
  readonly by: 'amount' | 'fraction';
  readonly value: Decimal;
}

export type OrderTerms = Market | Limit | Stop | StopLimit | TrailingStop;

/** What is wrong with terms that somebody asks for; null: nothing. */
export function problemOfTerms(terms: OrderTerms): string | null {
  return problemOfSize(terms) ?? problemOfPrices(terms) ?? problemOfTime(terms);
}

function problemOfSize(terms: OrderTerms): string | null {
  if (terms.quantity !== null) return terms.quantity > 0n ? null : 'the quantity is not above zero';
  if (terms.side === 'SELL') return 'an amount to spend is for purchases';
  return terms.quoteQuantity > 0n ? null : 'the amount to spend is not above zero';
}

function problemOfPrices(terms: OrderTerms): string | null {
  if ('price' in terms && terms.price <= 0n) return 'the price is not above zero';
  if ('stopPrice' in terms && terms.stopPrice <= 0n) return 'the stop price is not above zero';
  if (terms.type === 'TRAILING_STOP') {
    if (terms.trail.value <= 0n) return 'the distance of a trailing stop is not above zero';
    if (terms.activationPrice !== null && terms.activationPrice <= 0n)
      return 'the activation price is not above zero';
  }
  return null;
}

function problemOfTime(terms: OrderTerms): string | null {
  const { timeInForce, goodTillMs } = terms;
  if ((timeInForce === 'GTD') !== (goodTillMs !== null))
    return 'GTD, and no other, has a time until which it is good';
  if ('postOnly' in terms && terms.postOnly && (timeInForce === 'IOC' || timeInForce === 'FOK'))
    return 'an order that only posts cannot be immediate';
  return null;
}
