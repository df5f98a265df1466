/** What commands make of the orders of one instrument at a venue. */
import { isRejectedOnRequest, type PaperModel } from '../accounts/paper-model.ts';
import type { Cancel, Command, LinkedOrder, Replace, Submit, Withdraw } from './command.ts';
import { OrdersUnderWay, type Settled, type VenueOrders } from './orders-under-way.ts';
import { replaceOrder } from './replace.ts';
import { problemOfTerms } from './terms.ts';
import type { WorkingOrder } from './working-order.ts';

/** As many as one lane may hold: with what else is kept of it they fit one item of its table, of 400 KB. */
export const MAX_WORKING_ORDERS = 400;

/** The paper model of an order's account. */
export type PaperOf = (order: WorkingOrder) => PaperModel;

export function obey(orders: VenueOrders, command: Command, timeMs: number, paperOf: PaperOf): Settled {
  const under = new OrdersUnderWay(orders);
  if (command.kind === 'submit') submit(under, orders.length, command, timeMs, paperOf);
  else if (command.kind === 'cancel') cancel(under, command, timeMs);
  else if (command.kind === 'replace') replace(under, command, timeMs);
  else withdraw(under, command, timeMs);
  return under.settled();
}

/** All of them or none. What works already is not taken twice. */
function submit(
  under: OrdersUnderWay,
  working: number,
  { orders: asked }: Submit,
  timeMs: number,
  paperOf: PaperOf,
): void {
  const added = asked.filter(({ order }) => under.get(order.clientOrderId) === undefined);
  const reason = reasonToReject(working, added, paperOf);
  for (const linked of added) {
    const { clientOrderId } = linked.order;
    if (reason === null) under.put(linked);
    else under.tell({ clientOrderId, number: 1, timeMs, kind: 'rejected', reason });
  }
}

function reasonToReject(working: number, added: readonly LinkedOrder[], paperOf: PaperOf): string | null {
  if (working + added.length > MAX_WORKING_ORDERS) return `over ${MAX_WORKING_ORDERS} working orders`;
  for (const { order, siblings, parentId } of added) {
    const problem = problemOfTerms(order.terms);
    if (problem !== null) return problem;
    if (order.terms.quantity === null && (siblings !== null || parentId !== null))
      return 'an order by amount cannot be an exit nor have siblings';
    if (isRejectedOnRequest(paperOf(order).fill, order.clientOrderId))
      return 'the venue was asked to refuse it';
  }
  return null;
}

function cancel(under: OrdersUnderWay, { clientOrderId }: Cancel, timeMs: number): void {
  const linked = under.get(clientOrderId);
  if (linked === undefined) refuse(under, 'cancel-rejected', clientOrderId, timeMs);
  else under.end(linked, 'canceled', 'it was asked for', timeMs);
}

function withdraw(under: OrdersUnderWay, { order, reason }: Withdraw, timeMs: number): void {
  const { clientOrderId } = order;
  const linked = under.get(clientOrderId);
  if (linked === undefined)
    under.tell({ clientOrderId, number: 1, timeMs, kind: 'expired', reason: `withdrawn: ${reason}` });
  else under.end(linked, 'expired', `withdrawn: ${reason}`, timeMs);
}

function replace(under: OrdersUnderWay, { clientOrderId, change }: Replace, timeMs: number): void {
  const linked = under.get(clientOrderId);
  if (linked === undefined) return refuse(under, 'replace-rejected', clientOrderId, timeMs);
  const outcome = replaceOrder(linked.order, change);
  if (outcome.kind === 'refused') {
    under.change(linked, linked.order, { kind: 'replace-rejected', reason: outcome.reason }, timeMs);
    return;
  }
  const { order, keepsPriority } = outcome;
  const changed = under.change(linked, order, { kind: 'replaced', terms: order.terms }, timeMs);
  if (!keepsPriority) under.putLast(changed);
}

/** Of an order that does not work it cannot be said which report this is: it has no number. */
function refuse(
  under: OrdersUnderWay,
  kind: 'cancel-rejected' | 'replace-rejected',
  clientOrderId: string,
  timeMs: number,
): void {
  under.tell({ clientOrderId, number: 0, timeMs, kind, reason: 'no such order works' });
}
