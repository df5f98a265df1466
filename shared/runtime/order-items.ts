/** Reads and writes of orders that more than one function makes. */
import { orderKey, ordersIndex } from '../contracts/record-keys.ts';
import type { OrderRecord } from '../contracts/records.ts';
import { deterministicId } from '../domain/ids.ts';
import { mayFollow } from '../domain/orders/order-status.ts';
import type { Order, OrderStatus } from '../domain/orders/order.ts';
import type { WrittenReport } from '../domain/orders/written-report.ts';
import type { Condition, Item, PutWrite, StateStore, Write } from '../ports/state-store.ts';
import { outboxWrite, type Effect, type Outbox } from './outbox.ts';

export async function readOrder(state: StateStore, clientOrderId: string): Promise<Item<OrderRecord> | null> {
  return state.get<OrderRecord>('orders', orderKey(clientOrderId));
}

export function orderWrite(order: OrderRecord, condition: Condition): PutWrite {
  return {
    kind: 'put',
    table: 'orders',
    ...orderKey(order.clientOrderId),
    value: order,
    condition,
    index: ordersIndex(order.accountId, order.effectiveTimeMs, order.clientOrderId),
  };
}

/** What follows from a change of an order, of which the id is: a repeated change is the same outbox. */
export function orderOutbox(id: string, order: OrderRecord, furtherEffects: readonly Effect[] = []): Outbox {
  return {
    table: 'orders',
    id,
    effects: [
      ...furtherEffects,
      { kind: 'publish', event: { detailType: 'OrderChangedV1', detail: { order } } },
    ],
  };
}

/** Of a change that is our own: an order comes to a status once by it. */
export function orderOutboxId(clientOrderId: string, status: OrderStatus): string {
  return deterministicId('order-outbox', clientOrderId, status);
}

/** Of a change that the venue told of: several may leave an order in the same status. */
export function reportOutboxId({ clientOrderId, number, kind, timeMs }: WrittenReport): string {
  return number > 0
    ? deterministicId('report-outbox', clientOrderId, number)
    : deterministicId('report-outbox', clientOrderId, kind, timeMs);
}

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly order: OrderRecord; readonly outbox: Outbox }
  /** The order is somewhere that this status may not follow. */
  | { readonly kind: 'refused'; readonly status: OrderStatus };

/** Sales go ahead of purchases: they only ever make the position smaller. */
export function sendToSubmit({ side, clientOrderId, strategyId }: Order): Effect & { readonly kind: 'send' } {
  return {
    kind: 'send',
    queue: side === 'SELL' ? 'orders-urgent' : 'orders-standard',
    message: {
      body: JSON.stringify({ clientOrderId }),
      groupId: strategyId,
      deduplicationId: clientOrderId,
    },
  };
}

/** What belongs to a change of status beside the order itself. */
export interface FurtherChange {
  readonly writes: readonly Write[];
  readonly effects: readonly Effect[];
}

export const NOTHING_FURTHER: FurtherChange = { writes: [], effects: [] };

/**
 * Moves an order to a new status, under the version it was read at, together with further writes and effects.
 * The outbox comes back for the caller to deliver. @throws ConditionFailed
 */
export async function changeStatus(
  state: StateStore,
  item: Item<OrderRecord>,
  status: OrderStatus,
  statusReason: string | null,
  nowMs: number,
  further: FurtherChange = NOTHING_FURTHER,
): Promise<ChangeOutcome> {
  if (!mayFollow(item.value.status, status)) return { kind: 'refused', status: item.value.status };
  const order: OrderRecord = { ...item.value, status, statusReason };
  const outbox = orderOutbox(orderOutboxId(order.clientOrderId, status), order, further.effects);
  await state.transact([
    orderWrite(order, { kind: 'version', version: item.version }),
    outboxWrite(outbox, nowMs),
    ...further.writes,
  ]);
  return { kind: 'changed', order, outbox };
}
