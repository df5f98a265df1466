import type { Fill } from '../../shared/domain/orders/order.ts';
import { identityOf, type OrderIdentity } from '../../shared/domain/orders/working-order.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';

/** The first report of its order, unless it is said which. @param leavesQuantity '0': it is filled whole */
export function filledReport(fill: Fill, number = 1, leavesQuantity = '0'): WrittenReport {
  const head = { ...identityOf(fill), number, timeMs: fill.timeMs };
  return { ...head, kind: 'filled', fill, leavesQuantity, liquidity: 'taker' };
}

export function endedReport(
  order: OrderIdentity,
  kind: 'canceled' | 'rejected' | 'expired' | 'cancel-rejected',
  { number = 1, timeMs = 1, reason = 'test' } = {},
): WrittenReport {
  return { ...identityOf(order), number, timeMs, kind, reason };
}
