import { compareText } from '../../compare-text.ts';
import type { Fill } from '../../orders/order.ts';

/**
 * The order in which fills are entered: by time, by the print that they met, by order, by fill. A book depends on it in the
 * last digit, since a sale takes a rounded share of what was paid before it. Budgets come before every fill.
 */
export function compareFills(a: Fill, b: Fill): number {
  return (
    a.timeMs - b.timeMs ||
    compareTradeIds(a.tradeId, b.tradeId) ||
    compareText(a.clientOrderId, b.clientOrderId) ||
    compareText(a.fillId, b.fillId)
  );
}

/** Digits: of two without idle zeros the longer one is the greater. */
function compareTradeIds(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}
