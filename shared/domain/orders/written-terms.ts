/** The terms of an order as they are stored and travel: decimal texts, and nothing where nothing is said. */
import { decimal, formatDecimal, type Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';
import { problemOfTerms, type OrderTerms, type TimeInForce, type Trail } from './terms.ts';

export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** A plain market order has none of the fields that may be left out, so that its bytes are what they were before there were others. */
export interface WrittenTerms {
  readonly side: Side;
  readonly type: OrderType;
  /** Base units, canonical decimal; null: of a purchase by amount. */
  readonly quantity: string | null;
  /** Cash to spend, fee included, canonical decimal. */
  readonly quoteQuantity: string | null;
  /** Of a limit, and of a stop-limit once it has gone off. */
  readonly price?: string | undefined;
  readonly stopPrice?: string | undefined;
  readonly trail?: WrittenTrail | undefined;
  /** Left out of a trailing stop: it follows from the beginning. */
  readonly activationPrice?: string | undefined;
  /** Left out: GTC. */
  readonly timeInForce?: Exclude<TimeInForce, 'GTC'> | undefined;
  readonly goodTillMs?: number | undefined;
  readonly postOnly?: true | undefined;
  readonly reduceOnly?: true | undefined;
}

export interface WrittenTrail {
  readonly by: Trail['by'];
  readonly value: string;
}

const OWN_FIELDS = ['price', 'stopPrice', 'trail', 'activationPrice', 'postOnly'] as const;
type OwnField = (typeof OWN_FIELDS)[number];

/** What each type has to say, and what it may. */
const FIELDS: Readonly<Record<OrderType, { needs: readonly OwnField[]; may: readonly OwnField[] }>> = {
  MARKET: { needs: [], may: [] },
  LIMIT: { needs: ['price'], may: ['postOnly'] },
  STOP: { needs: ['stopPrice'], may: [] },
  STOP_LIMIT: { needs: ['stopPrice', 'price'], may: ['postOnly'] },
  TRAILING_STOP: { needs: ['trail'], may: ['activationPrice'] },
};

/** What is wrong with terms that somebody asks for; null: nothing. Its decimals are taken to be some. */
export function problemOfWrittenTerms(written: WrittenTerms): string | null {
  const { type, quantity, quoteQuantity } = written;
  const { needs, may } = FIELDS[type];
  for (const field of OWN_FIELDS) {
    const isThere = written[field] !== undefined;
    if (!isThere && needs.includes(field)) return `a ${type} order needs its ${field}`;
    if (isThere && !needs.includes(field) && !may.includes(field)) return `a ${type} order has no ${field}`;
  }
  if (quantity !== null && quoteQuantity !== null)
    return 'an order is by quantity or by an amount to spend, not by both';
  if (type !== 'MARKET' && quantity === null) return `a ${type} order needs its quantity`;
  return problemOfTerms(termsOf(written));
}

/** @param written without a problem */
export function termsOf(written: WrittenTerms): OrderTerms {
  const { type, side, quantity, quoteQuantity, goodTillMs = null } = written;
  const timeInForce: TimeInForce = written.timeInForce ?? 'GTC';
  const any = { side, timeInForce, goodTillMs, reduceOnly: written.reduceOnly === true };
  if (type === 'MARKET') {
    if (quantity !== null) return { type, ...any, quantity: decimal(quantity), quoteQuantity: null };
    // One that says neither buys nothing.
    return { type, ...any, quantity: null, quoteQuantity: decimal(quoteQuantity ?? '0') };
  }
  const sized = { ...any, quantity: decimal(quantity!) };
  if (type === 'TRAILING_STOP') {
    const { trail, activationPrice } = written;
    const { by, value } = trail!;
    const activation = activationPrice === undefined ? null : decimal(activationPrice);
    return { type, ...sized, trail: { by, value: decimal(value) }, activationPrice: activation };
  }
  if (type === 'STOP') return { type, ...sized, stopPrice: decimal(written.stopPrice!) };
  const priced = { ...sized, price: decimal(written.price!), postOnly: written.postOnly === true };
  return type === 'LIMIT' ? { type, ...priced } : { type, ...priced, stopPrice: decimal(written.stopPrice!) };
}

export function writtenTerms(terms: OrderTerms): WrittenTerms {
  const { side, type, quantity, timeInForce, goodTillMs, reduceOnly } = terms;
  const amount = type === 'MARKET' ? terms.quoteQuantity : null;
  return {
    side,
    type,
    quantity: textOf(quantity),
    quoteQuantity: textOf(amount),
    ...('price' in terms ? { price: formatDecimal(terms.price) } : {}),
    ...('stopPrice' in terms ? { stopPrice: formatDecimal(terms.stopPrice) } : {}),
    ...(type === 'TRAILING_STOP' ? writtenFollowing(terms) : {}),
    ...(timeInForce === 'GTC' ? {} : { timeInForce }),
    ...(goodTillMs === null ? {} : { goodTillMs }),
    ...('postOnly' in terms && terms.postOnly ? { postOnly: true } : {}),
    ...(reduceOnly ? { reduceOnly: true } : {}),
  };
}

function writtenFollowing({
  trail,
  activationPrice,
}: Extract<OrderTerms, { type: 'TRAILING_STOP' }>): Pick<WrittenTerms, 'trail' | 'activationPrice'> {
  return {
    trail: { by: trail.by, value: formatDecimal(trail.value) },
    ...(activationPrice === null ? {} : { activationPrice: formatDecimal(activationPrice) }),
  };
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value);
}
