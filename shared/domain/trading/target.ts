/**
 * Advice is a target: while the position is not what a strategy last asked for and nothing works towards it, the desk acts
 * again, at each candle of its feed and when an order ends otherwise than filled. So neither a rejection nor an expiry, a
 * restart or a kill switch that was lifted leaves a position that nobody wants. Pure, and the same live and in an engine.
 */
import { intervalMs } from '../candles/interval.ts';
import { unitedFlags, type Flagged } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { Signal } from '../orders/order.ts';
import type { Denial } from '../risk/check-order.ts';
import type { Decision } from '../risk/decide.ts';

/** The newest advice of an instance, from when it was decided upon until the position is known to be so. */
export interface Target {
  readonly signal: Signal;
  /** Made for it so far, those that were denied among them: each has an id of its own. */
  readonly orders: number;
  /** How many of them ended otherwise than filled. */
  readonly failures: number;
  /** Event time before which it is not tried again. */
  readonly notBeforeMs: number;
  /** Why nothing works towards it: the rule or state that denied it, or how its order ended. null: an order does. */
  readonly heldBy: string | null;
}

/** What is begun is given up after so many orders that failed; what makes a position smaller never is. */
export const MAX_ENTRY_FAILURES = 8;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Of an older advice nothing is begun any more: it was meant for another market. */
const SHORTEST_ENTRY_LIFE_MS = 60_000;
const ENTRY_LIFE_INTERVALS = 5;

export function isHeld(target: Target | null): target is Target & { readonly heldBy: string } {
  return target !== null && target.heldBy !== null;
}

/** The target of a signal that is decided upon again; null: it is the first time, or the target is another one. */
export function targetOf(signal: Signal, target: Target | null): Target | null {
  return target?.signal.signalId === signal.signalId ? target : null;
}

/**
 * What remains to be reached after a decision.
 * @param before the target of the same signal, as of `targetOf`
 * @returns null: nothing
 */
export function targetAfter(decision: Decision, signal: Signal, before: Target | null): Target | null {
  const target = before ?? newTarget(signal);
  switch (decision.kind) {
    case 'nothing-to-do':
    case 'waits':
      return null;
    case 'works':
      return { ...target, heldBy: null };
    case 'approved':
      return { ...target, orders: target.orders + 1, heldBy: null };
    case 'denied': {
      const { denial } = decision;
      if (signal.side === 'BUY' && !denial.passes) return null;
      const orders = isKnownDenial(denial, before) ? target.orders : target.orders + 1;
      return { ...target, orders, heldBy: causeOf(denial) };
    }
  }
}

/** The candle that brought the advice is not one that it is tried again at, however often it is heard of. */
function newTarget(signal: Signal): Target {
  return { signal, orders: 0, failures: 0, notBeforeMs: signal.candleCloseTimeMs + 1, heldBy: null };
}

/** One order tells of it: those that are denied for the same reason, candle after candle, would say nothing more. */
export function isKnownDenial(denial: Denial, before: Target | null): boolean {
  return before?.heldBy === causeOf(denial);
}

function causeOf({ rule, reason }: Denial): string {
  return rule ?? reason;
}

/** How an order ended that did not fill. */
export type UnfilledEnd =
  /** Its way to the venue was closed, or took too long: that is no failure of the order. */
  | { readonly kind: 'stopped'; readonly reason: string }
  /** Its venue would not have it. */
  | { readonly kind: 'failed'; readonly reason: string; readonly atMs: number };

/**
 * An order ended otherwise than filled: one that failed is tried again at once, then in pauses that double.
 * @param side of the order, which may have been made for an earlier signal of that side
 * @returns null: nothing remains to be reached
 */
export function targetAfterEnd(target: Target | null, side: Side, end: UnfilledEnd): Target | null {
  if (target?.signal.side !== side) return target;
  if (end.kind === 'stopped') return { ...target, heldBy: end.reason };
  const failures = target.failures + 1;
  if (side === 'BUY' && failures >= MAX_ENTRY_FAILURES) return null;
  const pauseMs = failures === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (failures - 2), LONGEST_PAUSE_MS);
  return { ...target, failures, notBeforeMs: end.atMs + pauseMs, heldBy: end.reason };
}

/** Whether it may be tried again at this event time. */
export function isDue(target: Target | null, atMs: number): target is Target {
  return isHeld(target) && atMs >= target.notBeforeMs;
}

/** Whether its time is over: what it advised to begin is not begun any more. */
export function hasLapsed({ signal }: Target, atMs: number): boolean {
  const { side, interval, candleCloseTimeMs } = signal;
  const lifeMs = Math.max(SHORTEST_ENTRY_LIFE_MS, ENTRY_LIFE_INTERVALS * intervalMs(interval));
  return side === 'BUY' && atMs > candleCloseTimeMs + lifeMs;
}

/** A later candle of the feed. */
export interface LaterCandle extends Flagged {
  readonly openTimeMs: number;
  /** Canonical decimal. */
  readonly close: string;
}

/** The same advice, decided upon by the time and the price of a later candle. */
export function signalAgain({ signal }: Target, candle: LaterCandle): Signal {
  return {
    ...signal,
    candleCloseTimeMs: candle.openTimeMs + intervalMs(signal.interval),
    referencePrice: candle.close,
    ...unitedFlags(signal, candle),
  };
}
