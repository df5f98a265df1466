import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/api-client.ts';
import { useReading } from '../api/use-reading.ts';
import type { BacktestRun } from '../api/views.ts';
import { usePlatform } from '../page/platform-access.ts';

export interface RunsView {
  /** Newest first; null: not read yet. */
  readonly runs: readonly BacktestRun[] | null;
  readonly failure: Failure | null;
  /** Shows a run at once that the list will tell later. */
  add(run: BacktestRun): void;
}

const LIST_EVERY_MS = 10_000;
const RUNNING_EVERY_MS = 1000;

/** Runs, those under way read one by one: only that notices a run whose state machine failed. */
export function useRuns(): RunsView {
  const { api } = usePlatform();
  const [runs, setRuns] = useState<readonly BacktestRun[] | null>(null);
  const list = useReading(async () => api.call('GET /v1/backtests', { query: { limit: 20 } }), {
    everyMs: LIST_EVERY_MS,
  });
  const take = (incoming: readonly BacktestRun[]): void =>
    setRuns((known) => mergeRuns(known ?? [], incoming));
  useEffect(() => {
    if (list.value !== null) take(list.value.items);
  }, [list.value]);

  const runId = runs?.find(({ status }) => status === 'RUNNING')?.runId;
  const running = useReading<BacktestRun | null>(
    async () =>
      runId === undefined
        ? { kind: 'done', body: null }
        : api.call('GET /v1/backtests/{runId}', { path: { runId } }),
    { of: runId ?? '', everyMs: runId === undefined ? null : RUNNING_EVERY_MS },
  );
  useEffect(() => {
    if (running.value !== null) take([running.value]);
  }, [running.value]);
  return { runs, failure: list.failure ?? running.failure, add: (run) => take([run]) };
}

/** Newest first. A run that is over does not begin again, whatever an older answer says. */
function mergeRuns(known: readonly BacktestRun[], incoming: readonly BacktestRun[]): readonly BacktestRun[] {
  const byId = new Map(known.map((run) => [run.runId, run]));
  for (const run of incoming) {
    const isOver = (byId.get(run.runId)?.status ?? 'RUNNING') !== 'RUNNING';
    if (!isOver) byId.set(run.runId, run);
  }
  return [...byId.values()].sort((a, b) => b.submittedAtMs - a.submittedAtMs);
}
