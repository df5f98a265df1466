/**
 * How a paper account's orders fare at its venue: what they cost, how late they are, and what they fill at. It belongs to the
 * account, not to the order. Each model names its source; docs/adr/0033 says why these.
 */
import { ONE, multiply, type Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';
import { seededFraction } from './seeded-fraction.ts';

export interface PaperModel {
  /** Fraction of the notional that an order pays which rested before it filled. */
  readonly makerFee: Decimal;
  /** The same of an order that took what was there. */
  readonly takerFee: Decimal;
  readonly slippage: SlippageModel;
  readonly latency: LatencyModel;
  readonly fill: FillModel;
}

export type SlippageModel =
  /** The price moves against us by this fraction. */
  | { readonly kind: 'fixed'; readonly fraction: Decimal }
  /**
   * By `impact` × (our part of what was traded)², as in zipline's VolumeShareSlippage, whose default impact is 0.1. Where nothing is
   * known of what was traded, it moves by the whole impact.
   */
  | { readonly kind: 'volume-share'; readonly impact: Decimal };

/** From a decision to the venue: `baseMs` and a part of `jitterMs` that is drawn by the order's id. */
export interface LatencyModel {
  readonly baseMs: number;
  readonly jitterMs: number;
  readonly seed: number;
}

/**
 * When an order that rests at its price is reached by a trade at just that price. A trade beyond it always reaches it.
 *
 * - `touch`: at once, as if it were the first in the queue.
 * - `through`: never, as if it were the last: the price has to go through.
 * - `chance`: with this probability per trade or candle, seeded (nautilus_trader's `prob_fill_on_limit`).
 * - `risk-averse`: when what the quote showed at its price on arrival has been traded away; what others cancel leaves from behind us
 *   until the level is smaller than our place (hftbacktest's RiskAdverseQueueModel).
 * - `proportional`: what others cancel leaves from before and behind us in proportion (hftbacktest's ProbQueueModel, n = 1).
 *
 * The last two need trades and quotes; over candles alone, and until a quote shows the price, they are `through`.
 */
export type QueueModel =
  | { readonly kind: 'touch' | 'through' | 'risk-averse' | 'proportional' }
  | { readonly kind: 'chance'; readonly probability: number };

export interface FillModel {
  readonly queue: QueueModel;
  /**
   * The most of what was traded in a trade or candle, or is shown by a quote, that our orders together may have of it; `null`: they
   * are filled whole whatever was traded.
   */
  readonly volumeCap: Decimal | null;
  /** What an order that takes pays: the next print, or the other side of the next quote. Candles serve both. */
  readonly takes: 'trade' | 'quote';
  /** The part of orders that the venue refuses, for trying out what happens then. */
  readonly rejects: number;
  readonly seed: number;
}

/** Fills whole at the next print, and at once at a limit that is touched: the venue as it was before there were models. */
export const PLAIN_FILL: FillModel = {
  queue: { kind: 'touch' },
  volumeCap: null,
  takes: 'trade',
  rejects: 0,
  seed: 0,
};

export const NO_LATENCY: LatencyModel = { baseMs: 0, jitterMs: 0, seed: 0 };

/** @returns whole milliseconds: the same for the same order, however often it is asked. */
export function latencyOf({ baseMs, jitterMs, seed }: LatencyModel, clientOrderId: string): number {
  return jitterMs === 0
    ? baseMs
    : baseMs + Math.floor(seededFraction(seed, 'latency', clientOrderId) * (jitterMs + 1));
}

/** Whether the venue refuses this order on request. */
export function isRejectedOnRequest({ rejects, seed }: FillModel, clientOrderId: string): boolean {
  return rejects > 0 && seededFraction(seed, 'reject', clientOrderId) < rejects;
}

/**
 * The price against us, rounded down.
 * @param traded what the order takes its part of; null: unknown.
 */
export function slippedPrice(
  model: SlippageModel,
  price: Decimal,
  side: Side,
  quantity: Decimal,
  traded: Decimal | null,
): Decimal {
  const fraction = model.kind === 'fixed' ? model.fraction : impactOf(model.impact, quantity, traded);
  if (fraction === 0n) return price;
  return multiply(price, side === 'BUY' ? ONE + fraction : ONE - fraction);
}

function impactOf(impact: Decimal, quantity: Decimal, traded: Decimal | null): Decimal {
  if (traded === null || traded <= 0n || quantity >= traded) return impact;
  const share = (quantity * ONE) / traded;
  return (impact * share * share) / (ONE * ONE);
}
