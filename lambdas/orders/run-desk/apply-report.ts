import type { OrderRecord } from '../../../shared/contracts/records.ts';
import { hear, type Hearing } from '../../../shared/domain/orders/order-progress.ts';
import type { WrittenReport } from '../../../shared/domain/orders/written-report.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Item, StateStore } from '../../../shared/ports/state-store.ts';
import { log } from '../../../shared/runtime/log.ts';
import { retryOnConflict } from '../../../shared/runtime/optimistic.ts';
import { afterEnd, afterFill } from '../../../shared/runtime/order-end.ts';
import {
  NOTHING_FURTHER,
  orderOutbox,
  orderWrite,
  readOrder,
  reportOutboxId,
  type FurtherChange,
} from '../../../shared/runtime/order-items.ts';
import { deliverOutbox, outboxWrite, redeliverOutbox, type Effect } from '../../../shared/runtime/outbox.ts';
import { readReport } from '../../../shared/runtime/venue-reports.ts';
import { bookingOf, type Booking } from './book-fill.ts';

type Needs = Pick<Ports, 'state' | 'bus' | 'queues' | 'clock'>;

export type ReportOutcome =
  'fillsBooked' | 'ordersEnded' | 'reportsHeard' | 'reportsRepeated' | 'lateReports';

/**
 * Hears a report: what it makes of the order, its fill in the ledger, what is reserved, and what is to be told are one
 * transaction. Reports of an order are heard in the order of their numbers, each once: one that came ahead of others waits
 * for these, which lie in the table, and nothing is heard of a number that is known.
 */
export async function applyReport(ports: Needs, report: WrittenReport): Promise<readonly ReportOutcome[]> {
  return retryOnConflict(async () => {
    const outcomes: ReportOutcome[] = [];
    for (;;) {
      const item = await readOrder(ports.state, report.clientOrderId);
      if (item === null) throw new Error(`order ${report.clientOrderId} is not in the table`);
      const next = await nextOf(ports.state, item.value, report);
      if (next === null) {
        await redeliverOutbox(ports, 'orders', reportOutboxId(report));
        return [...outcomes, 'reportsRepeated'];
      }
      outcomes.push(...(await take(ports, item, next)));
      if (next.number === report.number) return outcomes;
    }
  });
}

/** What is to be heard next on the way to a report; null: it was heard before. */
async function nextOf(
  state: StateStore,
  order: OrderRecord,
  report: WrittenReport,
): Promise<WrittenReport | null> {
  const { number, clientOrderId } = report;
  const nextNumber = (order.reports ?? 0) + 1;
  if (number === 0 || number === nextNumber) return report;
  if (number < nextNumber) return null;
  const missing = await readReport(state, order, nextNumber);
  if (missing === null)
    throw new Error(`order ${clientOrderId}: report ${nextNumber} of ${number} is missing`);
  return missing;
}

async function take(
  ports: Needs,
  item: Item<OrderRecord>,
  report: WrittenReport,
): Promise<readonly ReportOutcome[]> {
  const { state, clock } = ports;
  const heard = hear(item.value, report);
  if (heard.kind === 'impossible') throw new Error(`order ${report.clientOrderId}: ${heard.reason}`);
  const order: OrderRecord = { ...item.value, ...heard.change };
  const booking = heard.fill === null ? null : await bookingOf(state, heard.fill);
  const { writes, effects } = await whatFollows(state, order, heard, booking);
  const outbox = orderOutbox(reportOutboxId(report), order, [...tellingOf(heard, booking), ...effects]);
  await state.transact([
    orderWrite(order, { kind: 'version', version: item.version }),
    outboxWrite(outbox, clock.nowMs()),
    ...(booking?.writes ?? []),
    ...writes,
  ]);
  await deliverOutbox(ports, outbox);
  return outcomesOf(heard, report, item.value);
}

type Heard = Extract<Hearing, { readonly kind: 'heard' }>;

function tellingOf({ fill }: Heard, booking: Booking | null): readonly Effect[] {
  if (fill === null || booking === null) return [];
  const { position } = booking;
  return [{ kind: 'publish', event: { detailType: 'PortfolioChangedV1', detail: { fill, position } } }];
}

async function whatFollows(
  state: StateStore,
  order: OrderRecord,
  { fill, end, isLate }: Heard,
  booking: Booking | null,
): Promise<FurtherChange> {
  if (end?.kind === 'failed') return afterEnd(state, order, end);
  if (fill === null || booking === null) return NOTHING_FURTHER;
  const { position } = booking;
  return end === null
    ? afterFill(state, order, fill, position, isLate)
    : afterEnd(state, order, { ...end, position });
}

function outcomesOf(
  { fill, end, isLate }: Heard,
  report: WrittenReport,
  { status }: OrderRecord,
): readonly ReportOutcome[] {
  // The ledger has the fill; the order's end stays, and the metric of this line raises the alarm.
  if (isLate) log.error('fill of an order that had ended', { ...report, orderStatus: status });
  return [
    'reportsHeard',
    ...(fill === null ? [] : (['fillsBooked'] as const)),
    ...(end === null ? [] : (['ordersEnded'] as const)),
    ...(isLate ? (['lateReports'] as const) : []),
  ];
}
