import { RUNS_PARTITION, runKey, type BacktestRun } from '../contracts/backtests.ts';
import { sortableTime } from '../contracts/record-keys.ts';
import type { Condition, PutWrite, StateStore } from '../ports/state-store.ts';
import { retryOnConflict } from './optimistic.ts';

export function runWrite(run: BacktestRun, condition: Condition): PutWrite {
  return {
    kind: 'put',
    table: 'backtest',
    ...runKey(run.runId),
    value: run,
    condition,
    index: { partition: RUNS_PARTITION, sort: `${sortableTime(run.submittedAtMs)}#${run.runId}` },
  };
}

/** Changes a run's record under its version. */
export async function updateRun(
  state: StateStore,
  runId: string,
  change: (run: BacktestRun) => BacktestRun,
): Promise<void> {
  await retryOnConflict(async () => {
    const item = await state.get<BacktestRun>('backtest', runKey(runId));
    if (item === null) throw new Error(`no backtest run ${runId}`);
    await state.write(runWrite(change(item.value), { kind: 'version', version: item.version }));
  });
}
