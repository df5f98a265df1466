import type { LinkedOrder } from './command.ts';
import type { OrderTerms } from './terms.ts';
import { limitPriceOf, type WorkingOrder } from './working-order.ts';

/**
 * Who comes first where several meet one step: stops before what is in our favour, then those without a limit, then the better price,
 * then who came first.
 */
export function inPriority(orders: readonly LinkedOrder[]): readonly LinkedOrder[] {
  return [...orders].sort((a, b) => comparePriority(a.order, b.order));
}

function comparePriority(a: WorkingOrder, b: WorkingOrder): number {
  return rankOf(a) - rankOf(b) || compareSides(a.terms, b.terms) || comparePrices(a.terms, b.terms);
}

function rankOf({ terms, progress }: WorkingOrder): number {
  const isWaiting = terms.type !== 'MARKET' && terms.type !== 'LIMIT' && !progress.isTriggered;
  if (isWaiting) return 0;
  return limitPriceOf(terms) === null ? 1 : 2;
}

/** Of either side the prices are compared among themselves. */
function compareSides(a: OrderTerms, b: OrderTerms): number {
  if (a.side === b.side) return 0;
  return a.side === 'BUY' ? -1 : 1;
}

function comparePrices(a: OrderTerms, b: OrderTerms): number {
  const [one, other] = [limitPriceOf(a), limitPriceOf(b)];
  if (one === null || other === null || one === other) return 0;
  return one > other === (a.side === 'BUY') ? -1 : 1;
}
