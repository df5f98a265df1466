/** The orders that the page shows, put together from pages of REST and from pushes, which may come in any order. */
import type { Order } from '../api/views.ts';

type Status = Order['status'];

/** How far an order has come; what lies behind never replaces what lies ahead. */
const PROGRESS: Readonly<Record<Status, number>> = {
  INITIALIZED: 0,
  SUBMITTED: 1,
  UNKNOWN: 1,
  ACCEPTED: 2,
  PARTIALLY_FILLED: 3,
  PENDING_CANCEL: 3,
  PENDING_REPLACE: 3,
  DENIED: 4,
  REJECTED: 4,
  FILLED: 4,
  CANCELED: 4,
  EXPIRED: 4,
};

/** Newest first. */
export function mergeOrders(known: readonly Order[], incoming: readonly Order[]): readonly Order[] {
  const byId = new Map(known.map((order) => [order.clientOrderId, order]));
  for (const order of incoming) {
    const held = byId.get(order.clientOrderId);
    if (held === undefined || PROGRESS[order.status] >= PROGRESS[held.status])
      byId.set(order.clientOrderId, order);
  }
  return [...byId.values()].sort(newestFirst);
}

function newestFirst(a: Order, b: Order): number {
  return b.effectiveTimeMs - a.effectiveTimeMs || (a.clientOrderId < b.clientOrderId ? -1 : 1);
}

export type StatusTone = 'good' | 'bad' | 'under-way' | 'over';

const TONES: Readonly<Record<Status, StatusTone>> = {
  INITIALIZED: 'under-way',
  SUBMITTED: 'under-way',
  UNKNOWN: 'bad',
  ACCEPTED: 'under-way',
  PARTIALLY_FILLED: 'under-way',
  PENDING_CANCEL: 'under-way',
  PENDING_REPLACE: 'under-way',
  DENIED: 'bad',
  REJECTED: 'bad',
  FILLED: 'good',
  CANCELED: 'over',
  EXPIRED: 'over',
};

export function toneOf(status: Status): StatusTone {
  return TONES[status];
}

/** `PARTIALLY_FILLED` → `Partially filled` */
export function statusWord(status: string): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
