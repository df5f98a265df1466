/** When stops go off. A stop watches trades: a quote alone triggers nothing. */
import { multiply, type Decimal } from '../decimal.ts';
import type { Meeting } from './meeting.ts';
import type { TrailingStop } from './terms.ts';

/** The price at which it goes off now; null: it has none yet. */
export function stopPriceOf({ order: { terms }, progress }: Meeting): Decimal | null {
  if (terms.type === 'STOP' || terms.type === 'STOP_LIMIT') return terms.stopPrice;
  if (terms.type !== 'TRAILING_STOP' || progress.bestPrice === null) return null;
  const { by, value } = terms.trail;
  const distance = by === 'amount' ? value : multiply(progress.bestPrice, value);
  return terms.side === 'SELL' ? progress.bestPrice - distance : progress.bestPrice + distance;
}

/** Whether a price is at the stop or beyond it. */
export function isAtStop({ order: { terms } }: Meeting, stopPrice: Decimal, price: Decimal): boolean {
  return terms.side === 'SELL' ? price <= stopPrice : price >= stopPrice;
}

/** A trailing stop follows a price in its favour, and never goes back. */
export function follow(meeting: Meeting, price: Decimal): void {
  const { terms } = meeting.order;
  if (terms.type !== 'TRAILING_STOP') return;
  const { bestPrice } = meeting.progress;
  const isNews = bestPrice === null ? isActive(terms, price) : isBetter(terms, price, bestPrice);
  if (isNews) meeting.change({ bestPrice: price });
}

function isActive(terms: TrailingStop, price: Decimal): boolean {
  const { activationPrice } = terms;
  return activationPrice === null || price === activationPrice || isBetter(terms, price, activationPrice);
}

function isBetter({ side }: TrailingStop, price: Decimal, than: Decimal): boolean {
  return side === 'SELL' ? price > than : price < than;
}

/** Goes off where this price is at the stop. @returns whether it has */
export function triggerAt(meeting: Meeting, price: Decimal, timeMs: number): boolean {
  const stopPrice = stopPriceOf(meeting);
  if (stopPrice === null || !isAtStop(meeting, stopPrice, price)) return false;
  trigger(meeting, price, timeMs);
  return true;
}

export function trigger(meeting: Meeting, price: Decimal, timeMs: number): void {
  meeting.change({ isTriggered: true });
  meeting.report({ kind: 'triggered', price }, timeMs);
}
