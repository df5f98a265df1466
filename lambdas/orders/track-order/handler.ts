import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas, type EventDetail } from '../../../shared/contracts/events.ts';
import type { OrderStatus } from '../../../shared/domain/orders/order.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { log } from '../../../shared/runtime/log.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import {
  changeStatus,
  orderOutboxId,
  readOrder,
  type StatusChange,
} from '../../../shared/runtime/order-items.ts';
import { releaseOf, type OrderEnd } from '../../../shared/runtime/order-end.ts';
import { deliverOutbox, redeliverOutbox } from '../../../shared/runtime/outbox.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'clock'>;
type DetailTypes = 'PortfolioChangedV1' | 'OrderRejectedV1' | 'OrderExpiredV1';

interface Report {
  readonly clientOrderId: string;
  readonly status: OrderStatus;
  readonly change: StatusChange;
  readonly end: OrderEnd;
}

/**
 * Records how an order ended and frees its reservation. A fill counts once it is in the ledger, never before:
 * otherwise the next decision could see free cash that is spent already. A signal that waited for the fill is raised
 * again, and what an order was made for that did not fill.
 */
export function createHandler(ports: Needs) {
  return defineFunction(
    'track-order',
    async (event: EventBridgeEvent<DetailTypes, EventDetail<DetailTypes>>, invocation) => {
      const report = reportOf(event);
      invocation.count(await retryOnConflict(async () => track(ports, report)));
    },
  );
}

function reportOf(event: EventBridgeEvent<DetailTypes, unknown>): Report {
  const detailType = event['detail-type'];
  if (detailType === 'PortfolioChangedV1') {
    const { fill, position } = eventSchemas.PortfolioChangedV1.parse(event.detail);
    // That the venue once gave no answer is over.
    const change = { filledQuantity: fill.quantity, averagePrice: fill.price, statusReason: null };
    const end = { kind: 'filled', atMs: fill.timeMs, position } as const;
    return { clientOrderId: fill.clientOrderId, status: 'FILLED', change, end };
  }
  const { clientOrderId, reason, timeMs: atMs } = eventSchemas[detailType].parse(event.detail);
  const status = detailType === 'OrderRejectedV1' ? 'REJECTED' : 'EXPIRED';
  const end = { kind: 'failed', reason, atMs } as const;
  return { clientOrderId, status, change: { statusReason: reason }, end };
}

async function track(
  ports: Needs,
  report: Report,
): Promise<'ordersEnded' | 'reportsRepeated' | 'lateReports'> {
  const item = await readOrder(ports.state, report.clientOrderId);
  if (item === null) throw new Error(`order ${report.clientOrderId} is not in the table`);
  if (item.value.status === report.status) {
    await redeliverOutbox(ports, 'orders', orderOutboxId(report.clientOrderId, report.status));
    return 'reportsRepeated';
  }
  const release = await releaseOf(ports.state, item.value, report.end);
  const outcome = await changeStatus(
    ports.state,
    item,
    report.status,
    report.change,
    ports.clock.nowMs(),
    release,
  );
  if (outcome.kind === 'refused') {
    // The ledger has the fill; the order's end state stays, and the metric of this line raises the alarm.
    log.error('late report for an ended order', { ...report, orderStatus: outcome.status });
    return 'lateReports';
  }
  await deliverOutbox(ports, outcome.outbox);
  return 'ordersEnded';
}
