/** What follows from what an order comes to: what it had reserved is free, and what was to be decided by it is decided. */
import { bookOf } from '../contracts/ledger-records.ts';
import { decidedKey, exposureKey, reservationKey } from '../contracts/record-keys.ts';
import type { BookRecord, DecidedRecord, OrderRecord, ReservationRecord } from '../contracts/records.ts';
import { exposureRecord, sharesOf, withShare, type ExposureRecord } from '../contracts/risk-records.ts';
import type { Fill, Signal } from '../domain/orders/order.ts';
import { NOTHING_HELD, reservedAfter, type Share } from '../domain/risk/account-books.ts';
import { heldOf } from '../domain/risk/view-of-book.ts';
import { isDue, targetAfterEnd, type UnfilledEnd } from '../domain/trading/target.ts';
import { conditionOn, type StateStore, type Write } from '../ports/state-store.ts';
import { decidedWrite } from './decided-item.ts';
import { toDesk } from './desk-queue.ts';
import { log } from './log.ts';
import { NOTHING_FURTHER, type FurtherChange } from './order-items.ts';
import type { Effect } from './outbox.ts';

export type EndOfOrder =
  | UnfilledEnd
  /** With the book that has its fill. */
  | { readonly kind: 'filled'; readonly atMs: number; readonly position: BookRecord };

/**
 * Frees what an order had reserved; nothing when another order holds the reservation by now. A signal that waited is raised
 * again once the order has filled, in whole or in part; if it has not, the position is what that signal asks for, and what
 * the order was made for is tried again.
 */
export async function afterEnd(
  state: StateStore,
  order: OrderRecord,
  end: EndOfOrder,
): Promise<FurtherChange> {
  const key = reservationKey(order.strategyId);
  const item = await state.get<ReservationRecord>('orders', key);
  if (item?.value.clientOrderId !== order.clientOrderId) return NOTHING_FURTHER;
  const condition = { kind: 'version', version: item.version } as const;
  const { waiting } = item.value;
  let next = NOTHING_FURTHER;
  if (end.kind !== 'stopped' && waiting !== undefined && order.filledQuantity !== '0')
    next = { writes: [], effects: [raiseAgain(waiting, { resumedAtMs: end.atMs })] };
  else if (end.kind !== 'filled') next = await tryAgain(state, order, end);
  return {
    writes: [
      { kind: 'delete', table: 'orders', ...key, condition },
      ...(await exposureWrites(state, order, (share) => ({
        held: end.kind === 'filled' ? heldOf(bookOf(end.position)) : share.held,
        reserved: NOTHING_HELD,
      }))),
      ...next.writes,
    ],
    effects: next.effects,
  };
}

/**
 * What has filled is held, and no longer reserved.
 * @param position the book that has the fill
 * @param isLate its order was over: what is reserved now is for another one
 */
export async function afterFill(
  state: StateStore,
  order: OrderRecord,
  fill: Fill,
  position: BookRecord,
  isLate: boolean,
): Promise<FurtherChange> {
  const writes = await exposureWrites(state, order, ({ reserved }) => ({
    held: heldOf(bookOf(position)),
    reserved: isLate ? reserved : reservedAfter(reserved, fill),
  }));
  return { writes, effects: [] };
}

async function tryAgain(
  state: StateStore,
  { strategyId, side }: OrderRecord,
  end: UnfilledEnd,
): Promise<FurtherChange> {
  const item = await state.get<DecidedRecord>('orders', decidedKey(strategyId));
  if (item === null) return NOTHING_FURTHER;
  // It did not fill: one like it is another try, and no duplicate.
  const { target: before = null, lastOrder: _, ...decided } = item.value;
  const target = targetAfterEnd(before, side, end);
  if (target === before) return NOTHING_FURTHER;
  if (target === null) log.warn('target given up: too many of its orders failed', { strategyId, ...end });
  const atOnce = end.kind === 'failed' && isDue(target, end.atMs);
  return {
    writes: [decidedWrite(strategyId, item.version, decided, target)],
    effects: atOnce ? [raiseAgain(target.signal, { resumedAtMs: end.atMs, againAtMs: end.atMs })] : [],
  };
}

type Holdings = Pick<Share, 'held' | 'reserved'>;

/** What the account holds and reserves by this instance, as it is written down of the account as a whole. */
async function exposureWrites(
  state: StateStore,
  { accountId, strategyId, instrumentId }: OrderRecord,
  change: (share: Holdings) => Holdings,
): Promise<readonly Write[]> {
  const key = exposureKey(accountId);
  const item = await state.get('orders', key);
  if (item === null) return [];
  const { data } = exposureRecord.safeParse(item.value);
  // Damaged, it denies wherever it is asked for: that is not for an order to put right.
  if (data === undefined) return [];
  const share = change(shareOf(data, strategyId, instrumentId));
  const value = withShare(data, { strategyId, instrumentId, ...share });
  return [{ kind: 'put', table: 'orders', ...key, value, condition: conditionOn(item.version) }];
}

function shareOf(record: ExposureRecord, strategyId: string, instrumentId: string): Holdings {
  const share = sharesOf(record).find(
    (one) => one.strategyId === strategyId && one.instrumentId === instrumentId,
  );
  return share ?? { held: NOTHING_HELD, reserved: NOTHING_HELD };
}

function raiseAgain(
  signal: Signal,
  when: { readonly resumedAtMs: number; readonly againAtMs?: number },
): Effect {
  return toDesk({ kind: 'signal', signal, ...when });
}
