import type { PaperModel } from '../../shared/domain/accounts/paper-model.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import type { MarketStep } from '../../shared/domain/orders/market-step.ts';
import { match } from '../../shared/domain/orders/matching.ts';
import type { OrderReport } from '../../shared/domain/orders/report.ts';
import type { WorkingOrder } from '../../shared/domain/orders/working-order.ts';

export interface Shown {
  readonly order: WorkingOrder | null;
  readonly reports: readonly OrderReport[];
}

/** Steps one by one, as long as the order works. */
export function showAll(order: WorkingOrder, steps: readonly MarketStep[], paper: PaperModel): Shown {
  let left: WorkingOrder | null = order;
  const reports: OrderReport[] = [];
  for (const step of steps) {
    if (left === null) break;
    const matched = match(left, step, paper, { volume: null, reducible: 0n });
    left = matched.order;
    reports.push(...matched.reports);
  }
  return { order: left, reports };
}

/** Reports in one word or line each: `filled 1 at 100 (maker)`. */
export function told(reports: readonly OrderReport[]): string[] {
  return reports.map((report) => {
    if (report.kind === 'filled') {
      return `filled ${formatDecimal(report.quantity)} at ${formatDecimal(report.price)} (${report.liquidity})`;
    }
    if (report.kind === 'triggered') return `triggered at ${formatDecimal(report.price)}`;
    return 'reason' in report ? `${report.kind}: ${report.reason}` : report.kind;
  });
}
