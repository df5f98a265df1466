import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas, type EventDetail } from '../../../shared/contracts/events.ts';
import { orderRecordOf } from '../../../shared/contracts/ledger-records.ts';
import { bookKey, reservationKey } from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import type { Order, Signal } from '../../../shared/domain/orders/order.ts';
import { clientOrderIdOf, decide } from '../../../shared/domain/risk/decide.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Write } from '../../../shared/ports/state-store.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import { orderOutbox, orderOutboxId, orderWrite, readOrder } from '../../../shared/runtime/order-items.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Effect } from '../../../shared/runtime/outbox.ts';
import { readSituation, type Situation } from './read-situation.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>;

/** Turns a signal into an order with its exposure reserved, or into a denied one that says why. */
export function createHandler(ports: Needs) {
  return defineFunction(
    'check-risk',
    async (event: EventBridgeEvent<'SignalRaisedV1', EventDetail<'SignalRaisedV1'>>, invocation) => {
      const { signal } = eventSchemas.SignalRaisedV1.parse(event.detail);
      invocation.count(await retryOnConflict(async () => checkSignal(ports, signal)));
    },
  );
}

type Outcome = 'ordersApproved' | 'ordersDenied' | 'signalsWithoutOrder' | 'signalsRepeated';

async function checkSignal(ports: Needs, signal: Signal): Promise<Outcome> {
  const known = await readOrder(ports.state, clientOrderIdOf(signal));
  if (known !== null) {
    const first = known.value.status === 'DENIED' ? 'DENIED' : 'INITIALIZED';
    await redeliverOutbox(ports, 'orders', orderOutboxId(known.value.clientOrderId, first));
    return 'signalsRepeated';
  }
  const situation = await readSituation(ports.state, signal);
  if (situation === null) return 'signalsWithoutOrder';
  const decision = decide(signal, situation.instance, situation.view, ports.clock.nowMs());
  switch (decision.kind) {
    case 'nothing-to-do':
      return 'signalsWithoutOrder';
    case 'denied':
      await commit(ports, orderRecordOf(decision.order, 'DENIED', decision.reason), [], []);
      return 'ordersDenied';
    case 'approved':
      await commit(
        ports,
        orderRecordOf(decision.order, 'INITIALIZED', null),
        [sendToQueue(decision.order)],
        reservationWrites(decision.order, situation),
      );
      return 'ordersApproved';
  }
}

async function commit(
  ports: Needs,
  order: OrderRecord,
  effects: readonly Effect[],
  reservation: readonly Write[],
): Promise<void> {
  const outbox = orderOutbox(order, effects);
  await ports.state.transact([
    orderWrite(order, { kind: 'absent' }),
    outboxWrite(outbox, ports.clock.nowMs()),
    ...reservation,
  ]);
  await deliverOutbox(ports, outbox);
}

/** The reservation holds the whole book of the instance, on the condition that the book is still the one decided upon. */
function reservationWrites(order: Order, { bookVersion }: Situation): readonly Write[] {
  const reservation: ReservationRecord = { clientOrderId: order.clientOrderId };
  return [
    {
      kind: 'put',
      table: 'orders',
      ...reservationKey(order.strategyId),
      value: reservation,
      condition: { kind: 'absent' },
    },
    {
      kind: 'check',
      table: 'portfolio',
      ...bookKey(order.strategyId),
      condition: { kind: 'version', version: bookVersion },
    },
  ];
}

/** Sales go ahead of purchases: they only ever make the position smaller. */
function sendToQueue(order: Order): Effect {
  return {
    kind: 'send',
    queue: order.side === 'SELL' ? 'orders-urgent' : 'orders-standard',
    message: {
      body: JSON.stringify({ clientOrderId: order.clientOrderId }),
      groupId: order.strategyId,
      deduplicationId: order.clientOrderId,
    },
  };
}
