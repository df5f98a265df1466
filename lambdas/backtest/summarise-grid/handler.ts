import {
  gridResultOf,
  planOutput,
  summaryKey,
  type ChunkResult,
} from '../../../shared/contracts/backtests.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { updateRun } from '../../../shared/runtime/backtest-runs.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { getJson, putJson } from '../../../shared/runtime/json-objects.ts';

const BEST = 10;
/** A thousand chunks one after the other would take the better part of the minute that the function has. */
const READ_AT_ONCE = 20;

/** Gathers the results of all chunks, best first, and closes the run. */
export function createHandler(ports: Pick<Ports, 'state' | 'objects' | 'clock'>) {
  return defineFunction('summarise-grid', async (input: unknown): Promise<{ summaryKey: string | null }> => {
    const { runId, chunks } = planOutput.parse(input);
    // A run without chunks has failed when it was planned.
    if (chunks.length === 0) return { summaryKey: null };
    const chunkResults = await inParallel(chunks, READ_AT_ONCE, async ({ chunkKey }) => {
      const { resultKey } = await getJson(ports.objects, 'backtest chunk', chunkKey);
      return getJson(ports.objects, 'backtest result', resultKey);
    });
    const results = chunkResults.flatMap((chunk) => chunk.results).sort(byReturn);
    const key = summaryKey(runId);
    await putJson(ports.objects, 'backtest summary', key, { runId, results });
    const best = results
      .filter((result) => result.error === null)
      .slice(0, BEST)
      .map(gridResultOf);
    await updateRun(ports.state, runId, (run) => ({
      ...run,
      status: 'SUCCEEDED',
      finishedAtMs: ports.clock.nowMs(),
      best,
      summaryKey: key,
    }));
    return { summaryKey: key };
  });
}

/** Those that could not be run come last; ties in the order of the grid. */
function byReturn(a: ChunkResult, b: ChunkResult): number {
  return Number(a.error !== null) - Number(b.error !== null) || b.totalReturn - a.totalReturn;
}
