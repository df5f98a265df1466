import type { Fill } from '../../shared/domain/orders/order.ts';
import type { OrderIdentity } from '../../shared/domain/orders/working-order.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';

/** The first report of its order, unless it is said which. @param leavesQuantity '0': it is filled whole */
export function filledReport(fill: Fill, number = 1, leavesQuantity = '0'): WrittenReport {
  const { clientOrderId, accountId, strategyId, instrumentId, timeMs } = fill;
  return {
    clientOrderId,
    accountId,
    strategyId,
    instrumentId,
    number,
    timeMs,
    kind: 'filled',
    fill,
    leavesQuantity,
    liquidity: 'taker',
  };
}

export function endedReport(
  { clientOrderId, accountId, strategyId, instrumentId }: OrderIdentity,
  kind: 'canceled' | 'rejected' | 'expired' | 'cancel-rejected',
  { number = 1, timeMs = 1, reason = 'test' } = {},
): WrittenReport {
  return { clientOrderId, accountId, strategyId, instrumentId, number, timeMs, kind, reason };
}
