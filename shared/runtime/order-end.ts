/** What follows from the end of an order: what it had reserved is free, and what was to be decided by it is decided. */
import { bookOf } from '../contracts/ledger-records.ts';
import { decidedKey, exposureKey, reservationKey } from '../contracts/record-keys.ts';
import type { BookRecord, DecidedRecord, OrderRecord, ReservationRecord } from '../contracts/records.ts';
import { exposureRecord, sharesOf, withShare, type ExposureRecord } from '../contracts/risk-records.ts';
import type { Signal } from '../domain/orders/order.ts';
import { NOTHING_HELD } from '../domain/risk/account-books.ts';
import type { Holding } from '../domain/risk/account-view.ts';
import { heldOf } from '../domain/risk/view-of-book.ts';
import { isDue, targetAfterEnd, type UnfilledEnd } from '../domain/trading/target.ts';
import { conditionOn, type StateStore, type Write } from '../ports/state-store.ts';
import { decidedWrite } from './decided-item.ts';
import type { FurtherChange } from './order-items.ts';
import { log } from './log.ts';
import type { Effect } from './outbox.ts';

export type OrderEnd =
  | UnfilledEnd
  /** With the book that has its fill. */
  | { readonly kind: 'filled'; readonly atMs: number; readonly position: BookRecord };

/**
 * Frees what an order had reserved; nothing when another order holds the reservation by now. A signal that waited is raised
 * again once the order has filled; if it has not, the position is what that signal asks for, and what the order was made for
 * is tried again.
 */
export async function releaseOf(
  state: StateStore,
  order: OrderRecord,
  end: OrderEnd,
): Promise<FurtherChange> {
  const key = reservationKey(order.strategyId);
  const item = await state.get<ReservationRecord>('orders', key);
  if (item === null || item.value.clientOrderId !== order.clientOrderId) return { writes: [], effects: [] };
  const condition = { kind: 'version', version: item.version } as const;
  const { waiting } = item.value;
  const next =
    end.kind === 'filled'
      ? { writes: [], effects: waiting === undefined ? [] : [raiseAgain(waiting, { resumedAtMs: end.atMs })] }
      : await tryAgain(state, order, end);
  return {
    writes: [
      { kind: 'delete', table: 'orders', ...key, condition },
      ...(await exposureWrites(state, order, end)),
      ...next.writes,
    ],
    effects: next.effects,
  };
}

async function tryAgain(
  state: StateStore,
  { strategyId, side }: OrderRecord,
  end: UnfilledEnd,
): Promise<FurtherChange> {
  const item = await state.get<DecidedRecord>('orders', decidedKey(strategyId));
  if (item === null) return { writes: [], effects: [] };
  // It did not fill: one like it is another try, and no duplicate.
  const { target: before = null, lastOrder: _, ...decided } = item.value;
  const target = targetAfterEnd(before, side, end);
  if (target === before) return { writes: [], effects: [] };
  if (target === null) log.warn('target given up: too many of its orders failed', { strategyId, ...end });
  const atOnce = end.kind === 'failed' && isDue(target, end.atMs);
  return {
    writes: [decidedWrite(strategyId, item.version, decided, target)],
    effects: atOnce ? [raiseAgain(target.signal, { resumedAtMs: end.atMs, againAtMs: end.atMs })] : [],
  };
}

/** What the order reserved of the account's exposure is free again, and what it bought or sold is counted instead. */
async function exposureWrites(
  state: StateStore,
  { accountId, strategyId, instrumentId }: OrderRecord,
  end: OrderEnd,
): Promise<readonly Write[]> {
  const key = exposureKey(accountId);
  const item = await state.get('orders', key);
  if (item === null) return [];
  const { data } = exposureRecord.safeParse(item.value);
  // Damaged, it denies wherever it is asked for: that is not for the end of an order to put right.
  if (data === undefined) return [];
  const held = end.kind === 'filled' ? heldOf(bookOf(end.position)) : heldBy(data, strategyId, instrumentId);
  const value = withShare(data, { strategyId, instrumentId, held, reserved: NOTHING_HELD });
  return [{ kind: 'put', table: 'orders', ...key, value, condition: conditionOn(item.version) }];
}

function heldBy(record: ExposureRecord, strategyId: string, instrumentId: string): Holding {
  const share = sharesOf(record).find(
    (one) => one.strategyId === strategyId && one.instrumentId === instrumentId,
  );
  return share?.held ?? NOTHING_HELD;
}

function raiseAgain(
  signal: Signal,
  when: { readonly resumedAtMs: number; readonly againAtMs?: number },
): Effect {
  return { kind: 'publish', event: { detailType: 'SignalRaisedV1', detail: { signal, ...when } } };
}
