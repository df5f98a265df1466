import type { OrderRecord } from '../../../shared/contracts/records.ts';
import { askedOf } from '../../../shared/domain/orders/order-progress.ts';
import { reasonItIsTooLate } from '../../../shared/domain/orders/order.ts';
import { denialByState } from '../../../shared/domain/risk/check-order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Item } from '../../../shared/ports/state-store.ts';
import type { VenueGateway } from '../../../shared/ports/venue-gateway.ts';
import type { UnfilledEnd } from '../../../shared/domain/trading/target.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import {
  changeStatus,
  orderOutboxId,
  readOrder,
  type FurtherChange,
} from '../../../shared/runtime/order-items.ts';
import { afterEnd } from '../../../shared/runtime/order-end.ts';
import { readStops } from '../../../shared/runtime/read-stops.ts';
import { deliverOutbox, redeliverOutbox } from '../../../shared/runtime/outbox.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'> & { readonly venue: VenueGateway };

export type SubmitOutcome = 'ordersSubmitted' | 'ordersDenied' | 'ordersWithdrawn' | 'ordersRepeated';

/**
 * Submits an order that was approved: denied if it is too late or trading has been stopped since, else marked
 * SUBMITTED and handed over. A delivery that finds it SUBMITTED already asks the venue before it sends again; where it
 * may not be sent any more, it is withdrawn, so that no crash leaves an order that never ends.
 */
export async function submitOrder(ports: Needs, clientOrderId: string): Promise<SubmitOutcome> {
  return retryOnConflict(async () => {
    const item = await readOrder(ports.state, clientOrderId);
    if (item === null) throw new Error(`order ${clientOrderId} is not in the table`);
    switch (item.value.status) {
      case 'INITIALIZED':
        return submitFirst(ports, item);
      case 'SUBMITTED':
      case 'UNKNOWN':
        return submitAgain(ports, item);
      default:
        await redeliverOutbox(ports, 'orders', orderOutboxId(clientOrderId, item.value.status));
        return 'ordersRepeated';
    }
  });
}

async function submitFirst(ports: Needs, item: Item<OrderRecord>): Promise<SubmitOutcome> {
  const denied = await denialOf(ports, item.value);
  if (denied !== null) {
    await change(ports, item, 'DENIED', denied.reason, await afterEnd(ports.state, item.value, denied));
    return 'ordersDenied';
  }
  await change(ports, item, 'SUBMITTED', null);
  await handOver(ports, item.value);
  return 'ordersSubmitted';
}

async function submitAgain(ports: Needs, item: Item<OrderRecord>): Promise<SubmitOutcome> {
  await redeliverOutbox(ports, 'orders', orderOutboxId(item.value.clientOrderId, item.value.status));
  if ((await ports.venue.find(item.value)) !== null) return 'ordersRepeated';
  const denied = await denialOf(ports, item.value);
  if (denied !== null) {
    // It may still be on its way to the venue, so it cannot be called denied here: the venue says how it ended, and only
    // then is what it reserved free.
    await ports.venue.send({ kind: 'withdraw', order: askedOf(item.value), reason: denied.reason });
    return 'ordersWithdrawn';
  }
  await handOver(ports, item.value);
  return 'ordersSubmitted';
}

async function handOver(ports: Needs, order: OrderRecord): Promise<void> {
  try {
    await ports.venue.send({ kind: 'submit', orders: [askedOf(order)] });
  } catch (error) {
    const item = await readOrder(ports.state, order.clientOrderId);
    if (item?.value.status === 'SUBMITTED') await change(ports, item, 'UNKNOWN', 'the venue did not answer');
    throw error;
  }
}

async function denialOf({ state, clock }: Needs, order: OrderRecord): Promise<UnfilledEnd | null> {
  const nowMs = clock.nowMs();
  const stops = await readStops(state, order.accountId);
  // A spot account sells what it has.
  const denial = denialByState({ ...order, reduces: order.side === 'SELL' }, stops, nowMs);
  // It comes too late by the venue's clock.
  const reason = denial?.reason ?? reasonItIsTooLate(order, nowMs + (order.venueOffsetMs ?? 0));
  return reason === null ? null : { kind: 'stopped', reason };
}

async function change(
  ports: Needs,
  item: Item<OrderRecord>,
  status: 'DENIED' | 'SUBMITTED' | 'UNKNOWN',
  statusReason: string | null,
  further?: FurtherChange,
): Promise<void> {
  const outcome = await changeStatus(ports.state, item, status, statusReason, ports.clock.nowMs(), further);
  if (outcome.kind === 'refused')
    throw new Error(`order ${item.value.clientOrderId} cannot go from ${outcome.status} to ${status}`);
  await deliverOutbox(ports, outcome.outbox);
}
