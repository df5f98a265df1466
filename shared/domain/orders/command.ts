/** What is asked of a venue. Commands take effect in the order in which they lie among the steps of the market. */
import type { Decimal } from '../decimal.ts';
import type { Trail } from './terms.ts';
import type { WorkingOrder } from './working-order.ts';

export type Command = Submit | Cancel | Replace | Withdraw;

/** Orders that belong together come together: a bracket is an entry and its exits. */
export interface Submit {
  readonly kind: 'submit';
  readonly orders: readonly LinkedOrder[];
}

export interface Cancel {
  readonly kind: 'cancel';
  readonly clientOrderId: string;
}

/** Ends an order of which nobody knows whether it was ever sent: should it still come, it is not taken. */
export interface Withdraw {
  readonly kind: 'withdraw';
  readonly order: WorkingOrder;
  readonly reason: string;
}

/** What is left out stays. */
export interface Replace {
  readonly kind: 'replace';
  readonly clientOrderId: string;
  readonly change: Change;
}

export interface Change {
  /** In all, with what is filled already. */
  readonly quantity?: Decimal;
  readonly price?: Decimal;
  readonly stopPrice?: Decimal;
  readonly trail?: Trail;
}

export interface LinkedOrder {
  readonly order: WorkingOrder;
  /** null: it stands alone. */
  readonly siblings: Siblings | null;
  /** Its entry: it is held until that fills, and is then of the quantity that this has filled; null: it has none. */
  readonly parentId: string | null;
  readonly isHeld: boolean;
}

/**
 * Orders of which one ends the others.
 * - `cancel`: at its first fill, however small (one cancels the other).
 * - `reduce`: each fill takes its quantity from the others (one updates the other), so that what a target has left is still protected.
 */
export interface Siblings {
  readonly groupId: string;
  readonly rule: 'cancel' | 'reduce';
}

export function alone(order: WorkingOrder): LinkedOrder {
  return { order, siblings: null, parentId: null, isHeld: false };
}

/** Orders of which the first that fills cancels the others. */
export function oneCancelsOther(groupId: string, orders: readonly WorkingOrder[]): Submit {
  const siblings: Siblings = { groupId, rule: 'cancel' };
  return { kind: 'submit', orders: orders.map((order) => ({ ...alone(order), siblings })) };
}

/** An entry and the exits that wait for it: one of them ends the others, and what a partial exit leaves stays protected. */
export function bracket(entry: WorkingOrder, exits: readonly WorkingOrder[]): Submit {
  const { clientOrderId: parentId } = entry;
  const siblings: Siblings = { groupId: parentId, rule: 'reduce' };
  const held = exits.map((order) => ({ order, siblings, parentId, isHeld: true }));
  return { kind: 'submit', orders: [alone(entry), ...held] };
}
