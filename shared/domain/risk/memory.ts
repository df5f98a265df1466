/** What must be remembered from one decision to the next: bounded, and the same live and in an engine. */
import type { Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';
import type { RoundTrip } from '../portfolio/book.ts';
import type { Exit } from './account-view.ts';

/** How many orders were approved in each second that had any, of the last minute: oldest first, at most 60. */
export type OrderPace = readonly (readonly [second: number, orders: number])[];

const SECOND_MS = 1000;
const PACE_SECONDS = 60;

export function paceAfter(pace: OrderPace, nowMs: number): OrderPace {
  const second = Math.floor(nowMs / SECOND_MS);
  const recent = recentOf(pace, second);
  const last = recent.at(-1);
  // A clock that goes back a little finds its second behind the last one, and counts with that.
  if (last === undefined || last[0] < second) return [...recent, [second, 1]];
  return [...recent.slice(0, -1), [last[0], last[1] + 1]];
}

/** Orders in the second of `nowMs` and the 59 before it. */
export function ordersInMinute(pace: OrderPace, nowMs: number): number {
  return recentOf(pace, Math.floor(nowMs / SECOND_MS)).reduce((sum, [, orders]) => sum + orders, 0);
}

function recentOf(pace: OrderPace, second: number): OrderPace {
  return pace.filter(([one]) => one > second - PACE_SECONDS);
}

export interface GivenOrder {
  readonly side: Side;
  /** What tells it apart from another one of its side: quantity or cash, and price. */
  readonly size: string;
  readonly atMs: number;
}

/** Of one instance. */
export interface RiskMemory {
  /** The most that it was worth at a decision; null: there was none yet. */
  readonly peakEquity: Decimal | null;
  readonly pace: OrderPace;
  readonly lastOrder: GivenOrder | null;
}

export const NOTHING_REMEMBERED: RiskMemory = { peakEquity: null, pace: [], lastOrder: null };

/** @param order the one that was approved; null: none was. */
export function rememberDecision(memory: RiskMemory, equity: Decimal, order: GivenOrder | null): RiskMemory {
  const { peakEquity, pace, lastOrder } = memory;
  return {
    peakEquity: peakOf(peakEquity, equity),
    pace: order === null ? pace : paceAfter(pace, order.atMs),
    lastOrder: order ?? lastOrder,
  };
}

/** The order did not fill: one like it is another try, and no duplicate. */
export function forgetLastOrder(memory: RiskMemory): RiskMemory {
  return { ...memory, lastOrder: null };
}

export function peakOf(peak: Decimal | null, equity: Decimal): Decimal {
  return peak === null || equity > peak ? equity : peak;
}

/** As many as the protections look back upon. */
const MAX_EXITS = 64;

export function exitOf({ exitTimeMs, profit, cost }: RoundTrip): Exit {
  return { timeMs: exitTimeMs, profit, cost };
}

/** The newest of them. */
export function exitsAfter(exits: readonly Exit[], exit: Exit): readonly Exit[] {
  return [...exits, exit].slice(-MAX_EXITS);
}
