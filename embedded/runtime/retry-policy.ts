/** How long the runtime waits before it delivers again. AWS's own waits are minutes; the number of attempts is what counts. */
export interface RetryPolicy {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { firstWaitMs: 100, longestWaitMs: 5_000 };

/** Doubles with each attempt. @param attempts made so far, 1 or more. */
export function waitMs(policy: RetryPolicy, attempts: number): number {
  return Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (attempts - 1));
}
