import { IN_FLIGHT_PARTITION, sortableTime } from '../../../shared/contracts/record-keys.ts';
import type { ReservationRecord } from '../../../shared/contracts/records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { log } from '../../../shared/runtime/log.ts';
import { readOrder, sendToSubmit } from '../../../shared/runtime/order-items.ts';

/** By then the heartbeats of its lane have long let an order expire, and its queue takes the same message again. */
const OVERDUE_AFTER_MS = 600_000;
const MAX_ORDERS = 200;

/**
 * An order whose message lies among the dead letters, or whose record a lane has given up, would hold its reservation
 * for ever. It is sent to submit-order once more, which denies or withdraws what has expired, and leaves alone what the
 * venue has.
 * @returns how many there are.
 */
export async function chaseOverdueOrders({
  state,
  queues,
  clock,
}: Pick<Ports, 'state' | 'queues' | 'clock'>): Promise<number> {
  const page = await state.queryIndex<ReservationRecord>('orders', IN_FLIGHT_PARTITION, {
    limit: MAX_ORDERS,
    sortUpTo: sortableTime(Math.max(0, clock.nowMs() - OVERDUE_AFTER_MS)),
  });
  for (const { value } of page.items) {
    const order = await readOrder(state, value.clientOrderId);
    if (order === null) continue;
    log.warn('order overdue', { clientOrderId: value.clientOrderId, status: order.value.status });
    const { queue, message } = sendToSubmit(order.value);
    await queues.send(queue, [message]);
  }
  return page.items.length;
}
