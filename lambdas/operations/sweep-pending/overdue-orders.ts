import {
  bookKey,
  fillKey,
  IN_FLIGHT_PARTITION,
  sortableTime,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord, ReservationRecord } from '../../../shared/contracts/records.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { describeError } from '../../../shared/runtime/define-function.ts';
import { log } from '../../../shared/runtime/log.ts';
import { readOrder, sendToSubmit } from '../../../shared/runtime/order-items.ts';
import { readReport } from '../../../shared/runtime/venue-reports.ts';

/** By then the heartbeats of its lane have long let an order expire, and its queue takes the same message again. */
const OVERDUE_AFTER_MS = 600_000;
const MAX_ORDERS = 200;

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>;

export interface Overdue {
  readonly orders: number;
  /** Of those, filled at the venue and not in the ledger. */
  readonly fillsNotBooked: number;
}

/**
 * An order that should be over and holds its reservation all the same: its message lies among the dead letters, a lane
 * has given its record up, or what the venue told of its end never came to whoever acts on it. Each is asked after
 * again, each minute until it is over; all that this sends is known by its ids.
 */
export async function chaseOverdueOrders(ports: Needs): Promise<Overdue> {
  const page = await ports.state.queryIndex<ReservationRecord>('orders', IN_FLIGHT_PARTITION, {
    limit: MAX_ORDERS,
    sortUpTo: sortableTime(Math.max(0, ports.clock.nowMs() - OVERDUE_AFTER_MS)),
  });
  let fillsNotBooked = 0;
  for (const { value } of page.items) {
    const order = await readOrder(ports.state, value.clientOrderId);
    if (order === null) continue;
    try {
      if ((await chase(ports, order.value)) === 'fill-not-booked') fillsNotBooked++;
    } catch (error) {
      // One that cannot be asked after must not keep the others from it.
      log.error('order not asked after', {
        clientOrderId: value.clientOrderId,
        error: describeError(error),
      });
    }
  }
  return { orders: page.items.length, fillsNotBooked };
}

async function chase(ports: Needs, order: OrderRecord): Promise<'fill-not-booked' | 'asked-after'> {
  const { clientOrderId, status } = order;
  const report = await readReport(ports.state, clientOrderId);
  if (report === null) {
    // submit-order denies or withdraws what has expired, and leaves alone what the venue has.
    log.warn('order overdue', { clientOrderId, status });
    const { queue, message } = sendToSubmit(order);
    await ports.queues.send(queue, [message]);
    return 'asked-after';
  }
  if (report.detailType !== 'OrderFilledV1') {
    log.warn('order overdue: its end is told again', { clientOrderId, status, told: report.detailType });
    await ports.bus.publish([report]);
    return 'asked-after';
  }
  const { fill } = report.detail;
  if ((await ports.state.get('portfolio', fillKey(fill.fillId))) === null) {
    log.error('fill not booked: told again', { clientOrderId, fillId: fill.fillId, status });
    await ports.bus.publish([report]);
    return 'fill-not-booked';
  }
  log.warn('order overdue: its fill is booked, told again', { clientOrderId, fillId: fill.fillId, status });
  await tellBooked(ports, fill);
  return 'asked-after';
}

/** As apply-fill tells of it, with the book as it is by now. */
async function tellBooked({ state, bus }: Needs, fill: Fill): Promise<void> {
  const book = await state.get<BookRecord>('portfolio', bookKey(fill.strategyId));
  if (book === null) throw new Error(`fill ${fill.fillId}: no book of strategy ${fill.strategyId}`);
  await bus.publish([{ detailType: 'PortfolioChangedV1', detail: { fill, position: book.value } }]);
}
