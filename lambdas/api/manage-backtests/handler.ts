import { randomUUID } from 'node:crypto';
import type { BodyOf } from '../../../shared/contracts/api.ts';
import type { RunView } from '../../../shared/contracts/backtest-views.ts';
import { RUNS_PARTITION, runKey, type BacktestRun } from '../../../shared/contracts/backtests.ts';
import { configureStrategy } from '../../../shared/domain/strategies/registry.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { runWrite } from '../../../shared/runtime/backtest-runs.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

type Needs = Pick<Ports, 'state' | 'executions'>;

/** Submits backtest runs to the state machine, and shows how they are doing. */
export function createHandler(ports: Needs, nowMs: () => number = Date.now) {
  return defineRestFunction('manage-backtests', {
    'GET /v1/backtests': async ({ query }) =>
      listItems(
        async (options) => {
          const page = await ports.state.queryIndex<BacktestRun>('backtest', RUNS_PARTITION, options);
          return { ...page, items: page.items.map((item) => ({ ...item, value: viewOf(item.value) })) };
        },
        query,
        { descending: true },
      ),
    'POST /v1/backtests': async ({ body, subject }) => submit(ports, body, subject, nowMs()),
    'GET /v1/backtests/{runId}': async ({ path }) => show(ports, path.runId, nowMs()),
  });
}

async function submit(
  { state, executions }: Needs,
  request: BodyOf<'POST /v1/backtests'>,
  subject: string,
  nowMs: number,
): Promise<RestOutcome<'POST /v1/backtests'>> {
  // A grid may hold corners that make no sense; a strategy or a parameter that does not exist is a mistake.
  const sample = Object.fromEntries(Object.entries(request.grid).map(([name, values]) => [name, values[0]]));
  const configured = configureStrategy(request.strategy, sample);
  if ('error' in configured && /^unknown|unknown parameter/.test(configured.error)) {
    return { kind: 'unprocessable', detail: configured.error };
  }
  const run: BacktestRun = {
    runId: randomUUID(),
    status: 'RUNNING',
    submittedAtMs: nowMs,
    finishedAtMs: null,
    submittedBy: subject,
    request,
    combinations: null,
    candles: null,
    best: [],
    cause: null,
    summaryKey: null,
  };
  await state.write(runWrite(run, { kind: 'absent' }));
  await executions.start('run-backtest-grid', run.runId, { runId: run.runId });
  return { kind: 'done', body: viewOf(run), location: `/v1/backtests/${run.runId}` };
}

async function show(
  { state, executions }: Needs,
  runId: string,
  nowMs: number,
): Promise<RestOutcome<'GET /v1/backtests/{runId}'>> {
  const item = await state.get<BacktestRun>('backtest', runKey(runId));
  if (item === null) return { kind: 'not-found', detail: `no backtest run ${runId}` };
  if (item.value.status !== 'RUNNING') return { kind: 'done', body: viewOf(item.value) };
  // Only the state machine knows of a run that failed before anyone could write it down.
  const execution = await executions.describe('run-backtest-grid', runId);
  if (execution === null || execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
    return { kind: 'done', body: viewOf(item.value) };
  }
  const failed: BacktestRun = {
    ...item.value,
    status: 'FAILED',
    finishedAtMs: nowMs,
    cause: execution.cause ?? execution.status,
  };
  await state.write(runWrite(failed, { kind: 'version', version: item.version }));
  return { kind: 'done', body: viewOf(failed) };
}

function viewOf({ submittedBy: _, summaryKey: __, ...view }: BacktestRun): RunView {
  return view;
}
