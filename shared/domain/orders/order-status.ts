import { ORDER_STATUSES, type OrderStatus } from './order.ts';

/** They absorb; a late fill there is recorded and raises an alarm. */
const END_STATES: readonly OrderStatus[] = ['DENIED', 'REJECTED', 'FILLED', 'CANCELED', 'EXPIRED'];

export function isEndState(status: OrderStatus): boolean {
  return END_STATES.includes(status);
}

export const ORDER_EVENTS = [
  'denied',
  'submitted',
  'unanswered',
  'accepted',
  'rejected',
  'partially-filled',
  'filled',
  'cancel-asked',
  'cancel-rejected',
  'replace-asked',
  'replaced',
  'replace-rejected',
  'canceled',
  'expired',
] as const;
/** What is heard of an order: of our own decisions, of our requests, and of the venue's reports. `triggered` changes no status. */
export type OrderEvent = (typeof ORDER_EVENTS)[number];

export type Transition =
  | { readonly kind: 'moved'; readonly status: OrderStatus }
  /** It is known already, or tells what a later one has told: nothing is to be done. */
  | { readonly kind: 'known' }
  /** A fill of an order that has ended: it is booked, and raises an alarm. */
  | { readonly kind: 'late-fill' }
  /** No order does this from here: a bug, or a foreign report. Never taken silently. */
  | { readonly kind: 'impossible' };

const KNOWN: Transition = { kind: 'known' };
const IMPOSSIBLE: Transition = { kind: 'impossible' };
const LATE_FILL: Transition = { kind: 'late-fill' };

/**
 * What becomes of an order.
 * @param hasFilled whether anything of it was filled before: where a request is refused, it goes back to what it was.
 */
export function transition(status: OrderStatus, event: OrderEvent, hasFilled: boolean): Transition {
  if (isEndState(status)) return afterEnd(status, event);
  switch (event) {
    case 'denied':
    case 'submitted':
      return ofOurs(status, event);
    case 'unanswered':
      // A report may have overtaken the time-out of the request.
      return status === 'SUBMITTED' ? moved('UNKNOWN') : sentBefore(status);
    case 'accepted':
      return isOnItsWay(status) ? moved('ACCEPTED') : sentBefore(status);
    case 'rejected':
      return isOnItsWay(status) ? moved('REJECTED') : IMPOSSIBLE;
    case 'partially-filled':
    case 'filled':
    case 'canceled':
    case 'expired':
      return status === 'INITIALIZED' ? IMPOSSIBLE : moved(STATUS_AFTER[event]);
    case 'cancel-asked':
      return asked(status, 'PENDING_CANCEL');
    case 'replace-asked':
      return asked(status, 'PENDING_REPLACE');
    case 'cancel-rejected':
      return answered(status, 'PENDING_CANCEL', hasFilled);
    case 'replaced':
    case 'replace-rejected':
      return answered(status, 'PENDING_REPLACE', hasFilled);
  }
}

const STATUS_AFTER = {
  'partially-filled': 'PARTIALLY_FILLED',
  filled: 'FILLED',
  canceled: 'CANCELED',
  expired: 'EXPIRED',
} as const;

function moved(status: OrderStatus): Transition {
  return { kind: 'moved', status };
}

/** Not a word of the venue yet. */
function isOnItsWay(status: OrderStatus): boolean {
  return status === 'SUBMITTED' || status === 'UNKNOWN';
}

/** Of what was never sent nothing can be heard. */
function sentBefore(status: OrderStatus): Transition {
  return status === 'INITIALIZED' ? IMPOSSIBLE : KNOWN;
}

/** End states absorb. What was never sent cannot have filled. */
function afterEnd(status: OrderStatus, event: OrderEvent): Transition {
  if (event === 'partially-filled' || event === 'filled') {
    if (status === 'DENIED') return IMPOSSIBLE;
    return status === 'FILLED' && event === 'filled' ? KNOWN : LATE_FILL;
  }
  return KNOWN;
}

function ofOurs(status: OrderStatus, event: 'denied' | 'submitted'): Transition {
  if (status === 'INITIALIZED') return moved(event === 'denied' ? 'DENIED' : 'SUBMITTED');
  if (event === 'denied') return IMPOSSIBLE;
  // Asked again by its client id, the venue had not had it: it was sent anew.
  return status === 'UNKNOWN' ? moved('SUBMITTED') : KNOWN;
}

function asked(status: OrderStatus, pending: 'PENDING_CANCEL' | 'PENDING_REPLACE'): Transition {
  if (status === pending) return KNOWN;
  return status === 'ACCEPTED' || status === 'PARTIALLY_FILLED' ? moved(pending) : IMPOSSIBLE;
}

/** An answer that comes when a fill has ended the waiting already changes nothing. */
function answered(
  status: OrderStatus,
  pending: 'PENDING_CANCEL' | 'PENDING_REPLACE',
  hasFilled: boolean,
): Transition {
  if (status === pending) return moved(hasFilled ? 'PARTIALLY_FILLED' : 'ACCEPTED');
  return sentBefore(status);
}

/** What may follow what: wherever some event moves an order to. */
const FOLLOWING: ReadonlyMap<OrderStatus, ReadonlySet<OrderStatus>> = new Map(
  ORDER_STATUSES.map((from) => [from, new Set(ORDER_EVENTS.flatMap((event) => reachedBy(from, event)))]),
);

function reachedBy(from: OrderStatus, event: OrderEvent): OrderStatus[] {
  return [true, false].flatMap((hasFilled) => {
    const after = transition(from, event, hasFilled);
    return after.kind === 'moved' ? [after.status] : [];
  });
}

export function mayFollow(from: OrderStatus, to: OrderStatus): boolean {
  return FOLLOWING.get(from)!.has(to);
}
