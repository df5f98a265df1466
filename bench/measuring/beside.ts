import { setImmediate as nextTurn } from 'node:timers/promises';

/** What several runs came to, and those of the reference that ran between them. */
export interface Compared {
  readonly runs: readonly number[];
  readonly referenceRuns: readonly number[];
}

/**
 * Measures two things in turn, so that what disturbs the machine for a while disturbs both.
 * @param measure, reference each gives one figure, in the same unit.
 */
export async function beside(
  runs: number,
  measure: () => number | Promise<number>,
  reference: () => number | Promise<number>,
): Promise<Compared> {
  const measured: number[] = [];
  const referenceRuns: number[] = [];
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
