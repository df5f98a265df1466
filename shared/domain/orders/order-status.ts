import type { OrderStatus } from './order.ts';

/** What may follow what. End states absorb; a late fill there is recorded and raises an alarm. */
const FOLLOWING: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  INITIALIZED: ['DENIED', 'SUBMITTED'],
  DENIED: [],
  // A venue that does not answer leaves the order UNKNOWN until it is asked again by client id.
  SUBMITTED: ['UNKNOWN', 'ACCEPTED', 'REJECTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED'],
  UNKNOWN: ['SUBMITTED', 'ACCEPTED', 'REJECTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED'],
  ACCEPTED: ['PARTIALLY_FILLED', 'FILLED', 'PENDING_CANCEL', 'PENDING_REPLACE', 'CANCELED', 'EXPIRED'],
  REJECTED: [],
  PARTIALLY_FILLED: [
    'PARTIALLY_FILLED',
    'FILLED',
    'PENDING_CANCEL',
    'PENDING_REPLACE',
    'CANCELED',
    'EXPIRED',
  ],
  FILLED: [],
  PENDING_CANCEL: ['ACCEPTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED'],
  PENDING_REPLACE: ['ACCEPTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED'],
  CANCELED: [],
  EXPIRED: [],
};

export function mayFollow(from: OrderStatus, to: OrderStatus): boolean {
  return FOLLOWING[from].includes(to);
}

export function isEndState(status: OrderStatus): boolean {
  return FOLLOWING[status].length === 0;
}
