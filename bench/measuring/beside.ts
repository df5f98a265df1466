import { setImmediate as nextTurn } from 'node:timers/promises';

/** What several runs came to, and those of the reference that ran between them. */
export interface Compared<Result> {
  readonly runs: readonly Result[];
  readonly referenceRuns: readonly Result[];
}

/** Measures two things in turn, so that what disturbs the machine for a while disturbs both. */
export async function beside<Result>(
  runs: number,
  measure: () => Result | Promise<Result>,
  reference: () => Result | Promise<Result>,
): Promise<Compared<Result>> {
  const measured: Result[] = [];
  const referenceRuns: Result[] = [];
  for (let run = 0; run < runs; run++) {
    referenceRuns.push(await reference());
    // A loop that takes a second leaves no turn to whoever wants to interrupt.
    await nextTurn();
    measured.push(await measure());
    await nextTurn();
  }
  return { runs: measured, referenceRuns };
}

export function nanosecondsAnItem(items: number, run: () => unknown): number {
  const beganAtMs = performance.now();
  run();
  return ((performance.now() - beganAtMs) * 1e6) / items;
}
