/**
 * Turns a signal into an order, or says why not. Everything that it decides by is an argument, so the live
 * function and a backtest decide alike.
 */
import { intervalMs, openTimeOf } from '../candles/interval.ts';
import { decimal, divide, formatDecimal, multiply, type Decimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { unitedFlags } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { Order, Signal } from '../orders/order.ts';
import { equityOf, type Book } from '../portfolio/book.ts';
import type { StrategyInstance } from '../strategies/strategy.ts';
import { longHolding, NOTHING_HELD } from './account-books.ts';
import type { AccountView, AccountWide, Exit, Holding } from './account-view.ts';
import { denialByRules, denialByState, type Denial, type RiskState } from './check-order.ts';
import { ordersInMinute, peakOf, rememberDecision, type GivenOrder, type RiskMemory } from './memory.ts';
import type { CheckedOrder } from './rule.ts';
import { heldOf } from './view-of-book.ts';

export interface RiskView extends RiskState {
  readonly book: Book;
  /** Of the order of the instance that has not ended yet; null: there is none. */
  readonly inFlight: Side | null;
  /** Equity of the instance at its first decision of this UTC day. */
  readonly dayOpenEquity: Decimal;
  readonly memory: RiskMemory;
  /** How the instance closed its positions; null: it could not be read, which denies where a limit asks for it. */
  readonly exits: readonly Exit[] | null;
  /** The same of the account as a whole. */
  readonly account: AccountWide | null;
}

export type Decision =
  | { readonly kind: 'approved'; readonly order: Order }
  | {
      readonly kind: 'denied';
      readonly order: Order;
      readonly reason: string;
      readonly denial: Denial;
    }
  /** The position is already what the signal asks for. */
  | { readonly kind: 'nothing-to-do' }
  /** An order in flight is about to make it so. */
  | { readonly kind: 'works' }
  /** An order in flight makes the position what it is not to be: to be decided again when that order has filled. */
  | { readonly kind: 'waits' };

/**
 * How long an order may be on its way to its venue, from when it was made: a candle of a thin market closes long after its
 * end where nothing but the next trade tells of that.
 */
export const ORDER_LIFETIME_MS = 60_000;

/**
 * @param nowMs our time, by which states end and live latency is observed; an instance may have a latency of its own.
 * @param resumedAtMs when the order ended that the signal waited for; null: it did not wait.
 * @param attempt how many orders were made for the signal before
 */
export function decide(
  signal: Signal,
  instance: StrategyInstance,
  view: RiskView,
  nowMs: number,
  resumedAtMs: number | null = null,
  attempt = 0,
): Decision {
  const { book } = view;
  // Its fill may be booked already, or not yet: what it will have made of the position is told by its side alone.
  if (view.inFlight !== null) return { kind: view.inFlight === signal.side ? 'works' : 'waits' };
  if (signal.side === 'BUY' ? book.quantity > 0n : book.quantity === 0n) return { kind: 'nothing-to-do' };
  // Candles and trades have the venue's times, and what people set until when has ours.
  const venueNowMs = nowMs + (signal.venueOffsetMs ?? 0);
  const order = orderFor(signal, book, instance, {
    clientOrderId: clientOrderIdOf(signal, attempt),
    effectiveTimeMs: effectiveTimeOf(signal, instance, venueNowMs, resumedAtMs),
    venueNowMs,
  });
  // With a latency of its own an instance acts at a time that is known, however long it takes to be heard of.
  const ageMs = instance.latencyMs === null ? Math.max(venueNowMs - signal.candleCloseTimeMs, 0) : 0;
  const checked = checkedOrder(signal, book);
  const denial =
    denialByState(checked, view, nowMs) ??
    denialByDesk(signal, view) ??
    denialByRules(checked, accountView(signal, view, resumedAtMs, ageMs), view.limits);
  return denial === null
    ? { kind: 'approved', order }
    : { kind: 'denied', order, reason: denial.reason, denial };
}

/** What is to be remembered of a decision. */
export function memoryAfter(
  decision: Decision,
  signal: Signal,
  { book, memory }: Pick<RiskView, 'book' | 'memory'>,
  resumedAtMs: number | null = null,
): RiskMemory {
  const given: GivenOrder | null =
    decision.kind === 'approved'
      ? {
          side: signal.side,
          size: sizeOf(signal, book),
          atMs: decidedAtMs(signal, resumedAtMs),
        }
      : null;
  return rememberDecision(memory, equityOf(book, decimal(signal.referencePrice)), given);
}

/** When it is decided by the time of the market, so that a replay remembers what the engine does. */
export function decidedAtMs({ candleCloseTimeMs }: Signal, resumedAtMs: number | null): number {
  return Math.max(candleCloseTimeMs, resumedAtMs ?? 0);
}

/** What an approved order may add to the holdings of the account. */
export function reservedBy(signal: Signal, book: Book): Holding {
  const { reduces, notional, quantity } = checkedOrder(signal, book);
  return reduces ? NOTHING_HELD : longHolding(notional, quantity);
}

function sizeOf({ side }: Signal, book: Book): string {
  return side === 'BUY' ? `cash ${formatDecimal(book.cash)}` : formatDecimal(book.quantity);
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

function orderFor(
  signal: Signal,
  book: Book,
  instance: StrategyInstance,
  {
    clientOrderId,
    effectiveTimeMs,
    venueNowMs,
  }: { clientOrderId: string; effectiveTimeMs: number; venueNowMs: number },
): Order {
  return {
    clientOrderId,
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
    ...(instance.paper === undefined ? {} : { paper: instance.paper }),
    effectiveTimeMs,
    expiresAtMs: Math.max(effectiveTimeMs, venueNowMs) + ORDER_LIFETIME_MS,
    ...(signal.venueOffsetMs === undefined ? {} : { venueOffsetMs: signal.venueOffsetMs }),
    ...unitedFlags(signal),
  };
}

/** The same attempt at a signal makes the same order, however often it is delivered. */
export function clientOrderIdOf(signal: Signal, attempt = 0): string {
  const { accountId, strategyId, instrumentId, interval, candleOpenTimeMs } = signal;
  return deterministicId('order', accountId, strategyId, instrumentId, interval, candleOpenTimeMs, attempt);
}

function denialByDesk({ side }: Signal, { book }: RiskView): Denial | null {
  return side === 'BUY' && book.cash <= 0n
    ? { by: 'desk', rule: null, reason: 'no cash is left', passes: false }
    : null;
}

function checkedOrder(signal: Signal, book: Book): CheckedOrder {
  const { accountId, strategyId, instrumentId, side } = signal;
  const price = decimal(signal.referencePrice);
  const isBuy = side === 'BUY';
  return {
    accountId,
    strategyId,
    instrumentId,
    side,
    quantity: isBuy ? (price > 0n ? divide(book.cash, price) : 0n) : book.quantity,
    notional: isBuy ? book.cash : multiply(book.quantity, price),
    price: null,
    // A spot book sells what it has, and no more.
    reduces: !isBuy,
  };
}

function accountView(signal: Signal, view: RiskView, resumedAtMs: number | null, ageMs: number): AccountView {
  const { book, dayOpenEquity, memory, exits, account } = view;
  const { lastOrder } = memory;
  const price = decimal(signal.referencePrice);
  const now = equityOf(book, price);
  const nowMs = decidedAtMs(signal, resumedAtMs);
  const position = heldOf(book);
  const isLike = lastOrder?.side === signal.side && lastOrder.size === sizeOf(signal, book);
  return {
    nowMs,
    position,
    strategy: position.notional,
    equity: { now, dayOpen: dayOpenEquity, peak: peakOf(memory.peakEquity, now) },
    ordersInMinute: ordersInMinute(memory.pace, nowMs),
    likeOrderAtMs: isLike ? lastOrder.atMs : null,
    market: { price, ageMs, flags: signal.flags ?? [] },
    exits,
    account,
  };
}
