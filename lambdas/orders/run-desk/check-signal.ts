import type { RaisedSignal } from '../../../shared/contracts/desk-messages.ts';
import { orderRecordOf } from '../../../shared/contracts/ledger-records.ts';
import {
  bookKey,
  exposureKey,
  inFlightIndex,
  reservationKey,
} from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import { rememberedOf, withShare, type ExposureRecord } from '../../../shared/contracts/risk-records.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import {
  clientOrderIdOf,
  decide,
  decidedAtMs,
  memoryAfter,
  reservedBy,
  type Decision,
} from '../../../shared/domain/risk/decide.ts';
import { paceAfter } from '../../../shared/domain/risk/memory.ts';
import { heldOf } from '../../../shared/domain/risk/view-of-book.ts';
import {
  hasLapsed,
  isDue,
  isKnownDenial,
  targetAfter,
  targetOf,
  type Target,
} from '../../../shared/domain/trading/target.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { conditionOn, type Item, type Write } from '../../../shared/ports/state-store.ts';
import { decidedWrite } from '../../../shared/runtime/decided-item.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import {
  orderOutbox,
  orderOutboxId,
  orderWrite,
  readOrder,
  sendToSubmit,
} from '../../../shared/runtime/order-items.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Effect } from '../../../shared/runtime/outbox.ts';
import { readSituation, type Situation } from './read-situation.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>;

export type SignalOutcome =
  | 'ordersApproved'
  | 'ordersDenied'
  | 'signalsWithoutOrder'
  | 'signalsWaiting'
  | 'signalsRepeated'
  | 'targetsLapsed';

/** A signal as it comes: for the first time, once the order that it waited for has ended, or since nothing works towards it. */
interface Raised {
  readonly signal: Signal;
  readonly resumedAtMs: number | null;
  readonly againAtMs: number | null;
}

/** Turns a signal into an order with its exposure reserved, or into a denied one that says why. */
export async function checkSignal(ports: Needs, message: RaisedSignal): Promise<SignalOutcome> {
  const { signal, resumedAtMs = null, againAtMs = null } = message;
  return retryOnConflict(async () => check(ports, { signal, resumedAtMs, againAtMs }));
}

async function check(ports: Needs, raised: Raised): Promise<SignalOutcome> {
  const { signal, resumedAtMs, againAtMs } = raised;
  if (againAtMs === null && (await isKnown(ports, clientOrderIdOf(signal)))) return 'signalsRepeated';
  const situation = await readSituation(ports.state, signal, resumedAtMs);
  if (situation === null) return 'signalsWithoutOrder';
  const before = targetOf(signal, situation.decided?.value.target ?? null);
  if (againAtMs === null ? isDecided(situation, raised) : !isDue(before, againAtMs)) {
    if (before !== null && before.orders > 0)
      await isKnown(ports, clientOrderIdOf(signal, before.orders - 1));
    return 'signalsRepeated';
  }
  if (againAtMs !== null && before !== null && hasLapsed(before, againAtMs)) {
    const { value, version } = situation.decided!;
    const { target: _, ...decided } = value;
    await ports.state.write(decidedWrite(signal.strategyId, version, decided, null));
    return 'targetsLapsed';
  }
  const { instance, view } = situation;
  const attempt = before?.orders ?? 0;
  const decision = decide(signal, instance, view, ports.clock.nowMs(), resumedAtMs, attempt);
  const writes = writesWith(decision, raised, situation, before);
  switch (decision.kind) {
    case 'nothing-to-do':
    case 'works':
      await ports.state.transact(writes);
      return 'signalsWithoutOrder';
    case 'waits':
      await ports.state.transact(writes);
      return 'signalsWaiting';
    case 'denied':
      if (isKnownDenial(decision.denial, before)) await ports.state.transact(writes);
      else await commit(ports, orderRecordOf(decision.order, 'DENIED', decision.reason), [], writes);
      return 'ordersDenied';
    case 'approved':
      await commit(
        ports,
        orderRecordOf(decision.order, 'INITIALIZED', null),
        [sendToSubmit(decision.order)],
        writes,
      );
      return 'ordersApproved';
  }
}

/** Whether an order was made already: what followed from that, and may not have been sent, is sent. */
async function isKnown(ports: Needs, clientOrderId: string): Promise<boolean> {
  const known = await readOrder(ports.state, clientOrderId);
  if (known === null) return false;
  const first = known.value.status === 'DENIED' ? 'DENIED' : 'INITIALIZED';
  await redeliverOutbox(ports, 'orders', orderOutboxId(clientOrderId, first));
  return true;
}

/**
 * A signal that needed no order leaves none to know it by, and an outbox may tell of it again a minute later, when the
 * position is another. One that a newer one has overtaken is of no use any more.
 */
function isDecided({ decided }: Situation, { signal, resumedAtMs }: Raised): boolean {
  if (decided === null || signal.candleOpenTimeMs > decided.value.candleOpenTimeMs) return false;
  const isResumed = resumedAtMs !== null && decided.value.isWaiting;
  return !(isResumed && signal.candleOpenTimeMs === decided.value.candleOpenTimeMs);
}

async function commit(
  ports: Needs,
  order: OrderRecord,
  effects: readonly Effect[],
  further: readonly Write[],
): Promise<void> {
  const outbox = orderOutbox(orderOutboxId(order.clientOrderId, order.status), order, effects);
  await ports.state.transact([
    orderWrite(order, { kind: 'absent' }),
    outboxWrite(outbox, ports.clock.nowMs()),
    ...further,
  ]);
  await deliverOutbox(ports, outbox);
}

/** That it was decided, and what becomes of the reservation: if book, reservation and all are still those decided upon. */
function writesWith(
  decision: Decision,
  { signal, resumedAtMs }: Raised,
  situation: Situation,
  before: Target | null,
): readonly Write[] {
  const { strategyId, candleOpenTimeMs } = signal;
  const target = targetAfter(decision, before?.signal ?? signal, before);
  const decided = {
    candleOpenTimeMs,
    isWaiting: decision.kind === 'waits',
    ...rememberedOf(memoryAfter(decision, signal, situation.view, resumedAtMs)),
  };
  return [
    decidedWrite(strategyId, situation.decided?.version ?? null, decided, target),
    reservationWrite(decision, signal, situation.reservation),
    {
      kind: 'check',
      table: 'portfolio',
      ...bookKey(strategyId),
      condition: { kind: 'version', version: situation.bookVersion },
    },
    ...exposureWrites(decision, signal, situation, resumedAtMs),
  ];
}

/**
 * What the order may add to what the account holds, under the version that it was decided by: of orders that are decided
 * at the same time one is first, and the others are decided again with it counted in.
 */
function exposureWrites(
  decision: Decision,
  signal: Signal,
  { account: { record, version }, view: { book } }: Situation,
  resumedAtMs: number | null,
): readonly Write[] {
  if (record === null) return [];
  const { accountId, strategyId, instrumentId } = signal;
  const share = { strategyId, instrumentId, held: heldOf(book), reserved: reservedBy(signal, book) };
  const value: ExposureRecord =
    decision.kind === 'approved'
      ? {
          ...withShare(record, share),
          pace: paceAfter(record.pace, decidedAtMs(signal, resumedAtMs)).map(([second, orders]) => [
            second,
            orders,
          ]),
        }
      : record;
  return [
    { kind: 'put', table: 'orders', ...exposureKey(accountId), value, condition: conditionOn(version) },
  ];
}

/** An approved order takes the whole book of the instance. Of the signals that come meanwhile the newest waits, if any. */
function reservationWrite(decision: Decision, signal: Signal, held: Item<ReservationRecord> | null): Write {
  const key = { table: 'orders', ...reservationKey(signal.strategyId) } as const;
  const condition = conditionOn(held?.version ?? null);
  if (decision.kind === 'approved') {
    const { clientOrderId, expiresAtMs, venueOffsetMs = 0 } = decision.order;
    const value: ReservationRecord = { clientOrderId };
    // Whoever looks for overdue ones does so by our clock.
    const index = inFlightIndex(expiresAtMs - venueOffsetMs, clientOrderId);
    return { kind: 'put', ...key, value, condition, index };
  }
  const waiting = decision.kind === 'waits' ? signal : undefined;
  if (held === null || held.value.waiting?.signalId === waiting?.signalId)
    return { kind: 'check', ...key, condition };
  const { clientOrderId } = held.value;
  const value: ReservationRecord = { clientOrderId, ...(waiting === undefined ? {} : { waiting }) };
  return {
    kind: 'put',
    ...key,
    value,
    condition,
    ...(held.index === undefined ? {} : { index: held.index }),
  };
}
