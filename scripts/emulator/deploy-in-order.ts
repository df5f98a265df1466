import { reasonOfFailure } from './reason-of-failure.ts';
import type { PlannedStack } from './stack-order.ts';

export type StackOutcome =
  | { readonly kind: 'up'; readonly stack: string }
  | { readonly kind: 'failed'; readonly stack: string; readonly reason: string }
  /** Not tried, because stacks that it depends on are not up. */
  | { readonly kind: 'left-out'; readonly stack: string; readonly missing: readonly string[] };

/**
 * Deploys one stack after the other. One that fails takes only those along that depend on it.
 * @param deploy throws what was wrong.
 */
export async function deployInOrder(
  stacks: readonly PlannedStack[],
  deploy: (stack: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<StackOutcome[]> {
  const outcomes: StackOutcome[] = [];
  for (const { name: stack, after } of stacks) {
    signal?.throwIfAborted();
    const missing = outcomes
      .filter(({ kind, stack: before }) => kind !== 'up' && after.includes(before))
      .map((outcome) => outcome.stack);
    if (missing.length > 0) {
      outcomes.push({ kind: 'left-out', stack, missing });
      continue;
    }
    try {
      await deploy(stack);
      outcomes.push({ kind: 'up', stack });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      outcomes.push({ kind: 'failed', stack, reason: reasonOfFailure((error as Error).message) });
    }
  }
  return outcomes;
}

/** One line a stack. */
export function tellOutcome(outcome: StackOutcome): string {
  switch (outcome.kind) {
    case 'up':
      return `up:       ${outcome.stack}`;
    case 'failed':
      return `failed:   ${outcome.stack}: ${outcome.reason}`;
    case 'left-out':
      return `left out: ${outcome.stack}: needs ${outcome.missing.join(', ')}`;
  }
}
