/** What the venue told of each order, kept before it is told on: a message may be lost to whoever acts on it. */
import { unnumberedReportKey, venueReportKey } from '../contracts/record-keys.ts';
import type { StoredReport } from '../contracts/order-report-versions.ts';
import type { OrderIdentity } from '../domain/orders/working-order.ts';
import type { WrittenReport } from '../domain/orders/written-report.ts';
import { ConditionFailed, type StateStore } from '../ports/state-store.ts';

/**
 * The first report of a number is the one that stands. The same comes again with a batch that is repeated, and another
 * one where the venue has forgotten the order meanwhile: what was told then is told again.
 * @returns the report that stands.
 */
export async function keepReport(state: StateStore, report: WrittenReport): Promise<WrittenReport> {
  // An answer that has no number among the reports of its order has no place of its own.
  if (report.number === 0) return report;
  try {
    await state.write({
      kind: 'put',
      table: 'orders',
      ...venueReportKey(report.clientOrderId, report.number),
      value: report,
      condition: { kind: 'absent' },
    });
    return report;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return (await readReport(state, report, report.number)) ?? report;
  }
}

/** @returns null: the venue has not told so much. */
export async function readReport(
  state: StateStore,
  { clientOrderId, accountId, instrumentId }: OrderIdentity,
  number: number,
): Promise<WrittenReport | null> {
  const item =
    (await state.get<StoredReport>('orders', venueReportKey(clientOrderId, number))) ??
    (number === 1 ? await state.get<StoredReport>('orders', unnumberedReportKey(clientOrderId)) : null);
  return item === null ? null : { accountId, instrumentId, ...item.value };
}
