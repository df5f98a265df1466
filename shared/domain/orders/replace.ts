import type { Change } from './command.ts';
import { problemOfTerms, type OrderTerms } from './terms.ts';
import type { WorkingOrder } from './working-order.ts';

export type ReplaceOutcome =
  | { readonly kind: 'replaced'; readonly order: WorkingOrder; readonly keepsPriority: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Changes a working order. It keeps its place only where it asks for less at the same price, as on the venues: another price or more
 * of it goes to the end of its queue, and another price may take on arrival.
 */
export function replaceOrder(order: WorkingOrder, change: Change): ReplaceOutcome {
  const reason = reasonToRefuse(order, change);
  if (reason !== null) return { kind: 'refused', reason };
  const terms = { ...order.terms, ...change } as OrderTerms;
  const problem = problemOfTerms(terms);
  if (problem !== null) return { kind: 'refused', reason: problem };
  const isElsewhere =
    change.price !== undefined && change.price !== (order.terms as { price?: bigint }).price;
  const isMore = change.quantity !== undefined && change.quantity > (order.terms.quantity ?? 0n);
  const keepsPriority = !isElsewhere && !isMore;
  const progress = {
    ...order.progress,
    queue: keepsPriority ? order.progress.queue : null,
    isResting: order.progress.isResting && !isElsewhere,
  };
  return { kind: 'replaced', order: { ...order, terms, progress }, keepsPriority };
}

function reasonToRefuse({ terms, progress }: WorkingOrder, change: Change): string | null {
  for (const field of ['price', 'stopPrice', 'trail'] as const)
    if (change[field] !== undefined && !(field in terms)) return `a ${terms.type} order has no ${field}`;
  if (progress.isTriggered && (change.stopPrice !== undefined || change.trail !== undefined))
    return 'it has gone off already';
  if (change.quantity === undefined) return null;
  if (terms.quantity === null) return 'an order by amount has no quantity';
  return change.quantity > progress.filledQuantity ? null : 'as much is filled already';
}
