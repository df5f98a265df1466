/**
 * Turns a signal into an order, or says why not. Everything that it decides by is an argument, so the live
 * function and a backtest decide alike.
 */
import { intervalMs, openTimeOf } from '../candles/interval.ts';
import { decimal, divide, formatDecimal, multiply, type Decimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { unitedFlags } from '../market-data/quality-flags.ts';
import type { Order, Signal } from '../orders/order.ts';
import { equityOf, type Book } from '../portfolio/book.ts';
import type { StrategyInstance } from '../strategies/strategy.ts';
import type { AccountView } from './account-view.ts';
import { reasonByRules } from './check-order.ts';
import type { CheckedOrder } from './rule.ts';
import type { RiskLimits } from './rules.ts';

export interface RiskView {
  readonly book: Book;
  /** null: they could not be read, which denies. */
  readonly limits: RiskLimits | null;
  /** Whether trading is stopped; null: it could not be read, which denies. */
  readonly killSwitchEngaged: boolean | null;
  /** An order of the instance that has not ended yet. */
  readonly orderInFlight: boolean;
  /** Equity of the instance at its first decision of this UTC day. */
  readonly dayOpenEquity: Decimal;
}

export type Decision =
  | { readonly kind: 'approved'; readonly order: Order }
  | { readonly kind: 'denied'; readonly order: Order; readonly reason: string }
  /** The position is already what the signal asks for. */
  | { readonly kind: 'nothing-to-do' }
  /** It is so now, and an order in flight is about to change it: to be decided again when that order has filled. */
  | { readonly kind: 'waits' };

/** How long after its effective time an order may still fill. */
export const ORDER_LIFETIME_MS = 60_000;

/**
 * @param nowMs the time that live latency is observed by; unused when the instance has a latency of its own.
 * @param resumedAtMs when the order filled that the signal waited for; null: it did not wait.
 */
export function decide(
  signal: Signal,
  instance: StrategyInstance,
  view: RiskView,
  nowMs: number,
  resumedAtMs: number | null = null,
): Decision {
  const { book } = view;
  if (signal.side === 'BUY' ? book.quantity > 0n : book.quantity === 0n)
    return { kind: view.orderInFlight ? 'waits' : 'nothing-to-do' };
  const order = orderFor(signal, book, instance, effectiveTimeOf(signal, instance, nowMs, resumedAtMs));
  const isStale = instance.latencyMs === null && nowMs > signal.candleCloseTimeMs + ORDER_LIFETIME_MS;
  const reason = reasonToDeny(signal, view, isStale);
  return reason === null ? { kind: 'approved', order } : { kind: 'denied', order, reason };
}

/**
 * A signal that waited acts from the second behind the one in which the fill happened: within that second nobody can say
 * between which of its trades the order would lie, and a replay must come to the same as the engine.
 */
function effectiveTimeOf(
  { candleCloseTimeMs }: Signal,
  { latencyMs }: StrategyInstance,
  nowMs: number,
  resumedAtMs: number | null,
): number {
  const timeMs = latencyMs === null ? Math.max(candleCloseTimeMs, nowMs) : candleCloseTimeMs + latencyMs;
  return resumedAtMs === null ? timeMs : Math.max(timeMs, openTimeOf(resumedAtMs, '1s') + intervalMs('1s'));
}

function orderFor(signal: Signal, book: Book, instance: StrategyInstance, effectiveTimeMs: number): Order {
  return {
    clientOrderId: clientOrderIdOf(signal),
    signalId: signal.signalId,
    accountId: signal.accountId,
    strategyId: signal.strategyId,
    instrumentId: signal.instrumentId,
    side: signal.side,
    type: 'MARKET',
    quantity: signal.side === 'SELL' ? formatDecimal(book.quantity) : null,
    quoteQuantity: signal.side === 'BUY' ? formatDecimal(book.cash) : null,
    feeRate: instance.feeRate,
    slippage: instance.slippage,
    effectiveTimeMs,
    expiresAtMs: effectiveTimeMs + ORDER_LIFETIME_MS,
    ...unitedFlags(signal),
  };
}

/** The same signal makes the same order, however often it is delivered. */
export function clientOrderIdOf(signal: Signal): string {
  const { accountId, strategyId, instrumentId, interval, candleOpenTimeMs } = signal;
  return deterministicId('order', accountId, strategyId, instrumentId, interval, candleOpenTimeMs, 0);
}

function reasonToDeny(signal: Signal, view: RiskView, isStale: boolean): string | null {
  if (view.killSwitchEngaged === null) return 'the kill switch cannot be read';
  if (view.killSwitchEngaged) return 'the kill switch is engaged';
  if (view.limits === null) return 'the risk limits cannot be read';
  if (view.orderInFlight) return 'an order of this strategy is still in flight';
  const price = decimal(signal.referencePrice);
  if (signal.side === 'BUY') {
    // After an outage the candles of hours are made up for; what they advised to buy was meant for another market.
    if (isStale) return 'the candle closed over a minute before it was heard of';
    if (view.book.cash <= 0n) return 'no cash is left';
  }
  return reasonByRules(checkedOrder(signal, view.book, price), accountView(view, price), view.limits);
}

function checkedOrder(signal: Signal, book: Book, price: Decimal): CheckedOrder {
  const { strategyId, instrumentId, side } = signal;
  return side === 'BUY'
    ? {
        strategyId,
        instrumentId,
        side,
        quantity: price > 0n ? divide(book.cash, price) : 0n,
        notional: book.cash,
        reduces: false,
      }
    : {
        strategyId,
        instrumentId,
        side,
        quantity: book.quantity,
        notional: multiply(book.quantity, price),
        reduces: true,
      };
}

function accountView({ book, dayOpenEquity }: RiskView, price: Decimal): AccountView {
  return {
    position: { long: book.cost, short: 0n },
    equity: { now: equityOf(book, price), dayOpen: dayOpenEquity },
  };
}

/** The UTC day of an instant, `yyyy-mm-dd`. */
export function utcDayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
