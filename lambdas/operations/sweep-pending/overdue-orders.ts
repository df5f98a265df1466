import { findAtPaperVenue } from '../../../shared/adapters/exchanges/paper/paper-venue-gateway.ts';
import {
  IN_FLIGHT_PARTITION,
  inFlightIndex,
  reservationKey,
  sortableTime,
} from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import type { Order } from '../../../shared/domain/orders/order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { ConditionFailed, type Item } from '../../../shared/ports/state-store.ts';
import { describeError } from '../../../shared/runtime/define-function.ts';
import { sendToDesks } from '../../../shared/runtime/desk-queue.ts';
import { log } from '../../../shared/runtime/log.ts';
import { readOrder, sendToSubmit } from '../../../shared/runtime/order-items.ts';
import { readReport } from '../../../shared/runtime/venue-reports.ts';

/** By then its venue has long taken an order or lets it in no more, and its queue takes the same message again. */
const OVERDUE_AFTER_MS = 600_000;
const MAX_ORDERS = 200;

type Needs = Pick<Ports, 'state' | 'queues' | 'clock'>;

/** What became of an order that was asked after. */
type Answer = 'fill-not-booked' | 'asked-after' | 'waits-at-its-venue';

export interface Overdue {
  readonly orders: number;
  /** Of those, filled at the venue and not in the ledger. */
  readonly fillsNotBooked: number;
}

/**
 * An order that should be over and holds its reservation all the same: its message lies among the dead letters, a lane
 * has given its record up, or what the venue told of its end never came to whoever acts on it. Each is asked after
 * again, each minute until it is over; all that this sends is known by its ids. One that waits at its venue for a trade that
 * nobody makes is not overdue: it is asked after ten minutes later.
 */
export async function chaseOverdueOrders(ports: Needs): Promise<Overdue> {
  const page = await ports.state.queryIndex<ReservationRecord>('orders', IN_FLIGHT_PARTITION, {
    limit: MAX_ORDERS,
    sortUpTo: sortableTime(Math.max(0, ports.clock.nowMs() - OVERDUE_AFTER_MS)),
  });
  let orders = 0;
  let fillsNotBooked = 0;
  for (const reservation of page.items) {
    const { value } = reservation;
    const order = await readOrder(ports.state, value.clientOrderId);
    if (order === null) continue;
    try {
      const answer = await chase(ports, order.value);
      if (answer === 'waits-at-its-venue') await askLater(ports, reservation, order.value);
      else orders++;
      if (answer === 'fill-not-booked') fillsNotBooked++;
    } catch (error) {
      // One that cannot be asked after must not keep the others from it.
      log.error('order not asked after', {
        clientOrderId: value.clientOrderId,
        error: describeError(error),
      });
    }
  }
  return { orders, fillsNotBooked };
}

async function chase(ports: Needs, order: OrderRecord): Promise<Answer> {
  const { clientOrderId, status } = order;
  const report = await readReport(ports.state, order, (order.reports ?? 0) + 1);
  if (report === null) {
    if ((await findAtPaperVenue(ports.state, order))?.isOpen === true) return 'waits-at-its-venue';
    // submit-order denies or withdraws what came too late, and leaves alone what the venue has.
    log.warn('order overdue', { clientOrderId, status });
    const { queue, message } = sendToSubmit(order);
    await ports.queues.send(queue, [message]);
    return 'asked-after';
  }
  const { number, kind } = report;
  if (kind === 'filled') log.error('fill not booked: told again', { clientOrderId, number, status });
  else log.warn('order overdue: what its venue told is told again', { clientOrderId, number, kind, status });
  await sendToDesks(ports.queues, [{ kind: 'report', report, sentAgainAtMs: ports.clock.nowMs() }]);
  return kind === 'filled' ? 'fill-not-booked' : 'asked-after';
}

/** So that those that wait for long do not fill the page before those that are overdue. */
async function askLater(
  { state, clock }: Needs,
  reservation: Item<ReservationRecord>,
  order: Order,
): Promise<void> {
  const { value, version } = reservation;
  try {
    await state.write({
      kind: 'put',
      table: 'orders',
      ...reservationKey(order.strategyId),
      value,
      condition: { kind: 'version', version },
      index: inFlightIndex(clock.nowMs(), value.clientOrderId),
    });
  } catch (error) {
    // It has changed meanwhile, so somebody cares for it.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
