/** Reads and writes of orders that more than one function makes. */
import { bookOf } from '../contracts/ledger-records.ts';
import { exposureKey, orderKey, ordersIndex, reservationKey } from '../contracts/record-keys.ts';
import type { BookRecord, OrderRecord, ReservationRecord } from '../contracts/records.ts';
import { exposureRecord, sharesOf, withShare, type ExposureRecord } from '../contracts/risk-records.ts';
import { deterministicId } from '../domain/ids.ts';
import { mayFollow } from '../domain/orders/order-status.ts';
import type { Order, OrderStatus, Signal } from '../domain/orders/order.ts';
import { NOTHING_HELD } from '../domain/risk/account-books.ts';
import type { Holding } from '../domain/risk/account-view.ts';
import { heldOf } from '../domain/risk/view-of-book.ts';
import {
  conditionOn,
  type Condition,
  type Item,
  type PutWrite,
  type StateStore,
  type Write,
} from '../ports/state-store.ts';
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

/** What follows from an order's new status; its id is of order and status, so a repeated change is the same outbox. */
export function orderOutbox(order: OrderRecord, furtherEffects: readonly Effect[] = []): Outbox {
  return {
    table: 'orders',
    id: orderOutboxId(order.clientOrderId, order.status),
    effects: [
      ...furtherEffects,
      { kind: 'publish', event: { detailType: 'OrderChangedV1', detail: { order } } },
    ],
  };
}

export function orderOutboxId(clientOrderId: string, status: OrderStatus): string {
  return deterministicId('order-outbox', clientOrderId, status);
}

export type StatusChange = Partial<Pick<OrderRecord, 'statusReason' | 'filledQuantity' | 'averagePrice'>>;

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

const NOTHING_FURTHER: FurtherChange = { writes: [], effects: [] };

/**
 * Moves an order to a new status, under the version it was read at, together with further writes and effects.
 * The outbox comes back for the caller to deliver. @throws ConditionFailed
 */
export async function changeStatus(
  state: StateStore,
  item: Item<OrderRecord>,
  status: OrderStatus,
  change: StatusChange,
  nowMs: number,
  further: FurtherChange = NOTHING_FURTHER,
): Promise<ChangeOutcome> {
  if (!mayFollow(item.value.status, status)) return { kind: 'refused', status: item.value.status };
  const order: OrderRecord = { ...item.value, ...change, status };
  const outbox = orderOutbox(order, further.effects);
  await state.transact([
    orderWrite(order, { kind: 'version', version: item.version }),
    outboxWrite(outbox, nowMs),
    ...further.writes,
  ]);
  return { kind: 'changed', order, outbox };
}

/** How an order filled. */
export interface FilledOrder {
  readonly atMs: number;
  /** The book with its fill. */
  readonly position: BookRecord;
}

/**
 * Frees what an order had reserved; nothing when another order holds the reservation by now.
 * @param filled raises the signal that waited for it again; null: it has not filled, so the position is as it was when
 *   the signal had nothing to ask for.
 */
export async function releaseOf(
  state: StateStore,
  order: OrderRecord,
  filled: FilledOrder | null,
): Promise<FurtherChange> {
  const key = reservationKey(order.strategyId);
  const item = await state.get<ReservationRecord>('orders', key);
  if (item === null || item.value.clientOrderId !== order.clientOrderId) return NOTHING_FURTHER;
  const condition = { kind: 'version', version: item.version } as const;
  const { waiting } = item.value;
  return {
    writes: [
      { kind: 'delete', table: 'orders', ...key, condition },
      ...(await exposureWrites(state, order, filled)),
    ],
    effects: waiting === undefined || filled === null ? [] : [raiseAgain(waiting, filled.atMs)],
  };
}

/** What the order reserved of the account's exposure is free again, and what it bought or sold is counted instead. */
async function exposureWrites(
  state: StateStore,
  { accountId, strategyId, instrumentId }: OrderRecord,
  filled: FilledOrder | null,
): Promise<readonly Write[]> {
  const key = exposureKey(accountId);
  const item = await state.get('orders', key);
  if (item === null) return [];
  const { data } = exposureRecord.safeParse(item.value);
  // Damaged, it denies wherever it is asked for: that is not for the end of an order to put right.
  if (data === undefined) return [];
  const held = filled === null ? heldBy(data, strategyId, instrumentId) : heldOf(bookOf(filled.position));
  const value = withShare(data, { strategyId, instrumentId, held, reserved: NOTHING_HELD });
  return [{ kind: 'put', table: 'orders', ...key, value, condition: conditionOn(item.version) }];
}

function heldBy(record: ExposureRecord, strategyId: string, instrumentId: string): Holding {
  const share = sharesOf(record).find(
    (one) => one.strategyId === strategyId && one.instrumentId === instrumentId,
  );
  return share?.held ?? NOTHING_HELD;
}

function raiseAgain(signal: Signal, resumedAtMs: number): Effect {
  return { kind: 'publish', event: { detailType: 'SignalRaisedV1', detail: { signal, resumedAtMs } } };
}
