import { randomUUID } from 'node:crypto';
import type { BodyOf } from '../../../shared/contracts/api.ts';
import type { RunView } from '../../../shared/contracts/backtest-views.ts';
import { RUNS_PARTITION, runKey, type BacktestRun } from '../../../shared/contracts/backtests.ts';
import { combinationsOf } from '../../../shared/domain/strategies/grid.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { ConditionFailed, type Item } from '../../../shared/ports/state-store.ts';
import { backtestInstance } from '../../../shared/runtime/backtest-instance.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { runWrite } from '../../../shared/runtime/backtest-runs.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import { wrongBodyField, type Refusal, type RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

type Needs = Pick<Ports, 'state' | 'executions'>;
type Execution = NonNullable<Awaited<ReturnType<Ports['executions']['describe']>>>;

/** Far more than the function that starts a run has. */
const START_TIME_MS = 60_000;

const LOOKUPS_AT_ONCE = 16;

/** Submits backtest runs to the state machine, and shows how they are doing. */
export function createHandler(ports: Needs, nowMs: () => number = Date.now) {
  return defineRestFunction('manage-backtests', {
    'GET /v1/backtests': async ({ query }) =>
      listItems(
        async (options) => {
          const page = await ports.state.queryIndex<BacktestRun>('backtest', RUNS_PARTITION, options);
          const items = await inParallel(page.items, LOOKUPS_AT_ONCE, async (item) => ({
            ...item,
            value: await currentView(ports, item, nowMs()),
          }));
          return { ...page, items };
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
  const fault = faultOf(request);
  if (fault !== null) return fault;
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

/** A grid may hold corners that make no sense; one that holds nothing else is a mistake, as is all that is no parameter. */
function faultOf(request: BodyOf<'POST /v1/backtests'>): Refusal | null {
  let first: Refusal | null = null;
  for (const params of combinationsOf(request.grid)) {
    const instance = backtestInstance(request, params);
    if (!('error' in instance)) return null;
    first ??= wrongBodyField(FIELD_NAMES[instance.field] ?? instance.field, instance.error);
    if (instance.field !== 'params') return first;
  }
  return first;
}

const FIELD_NAMES: Readonly<Record<string, string>> = { name: 'strategy', params: 'grid' };

async function show(
  ports: Needs,
  runId: string,
  nowMs: number,
): Promise<RestOutcome<'GET /v1/backtests/{runId}'>> {
  const item = await ports.state.get<BacktestRun>('backtest', runKey(runId));
  if (item === null) return { kind: 'not-found', detail: `no backtest run ${runId}` };
  return { kind: 'done', body: await currentView(ports, item, nowMs) };
}

/** Only the state machine knows of a run that failed before anyone could write it down: whoever looks writes it. */
async function currentView(
  { state, executions }: Needs,
  { value: run, version }: Item<BacktestRun>,
  nowMs: number,
): Promise<RunView> {
  if (run.status !== 'RUNNING') return viewOf(run);
  const execution = await executions.describe('run-backtest-grid', run.runId);
  const cause = execution === null ? causeOfAbsence(run, nowMs) : causeOfEnd(execution);
  if (cause === null) return viewOf(run);
  const failed: BacktestRun = { ...run, status: 'FAILED', finishedAtMs: nowMs, cause };
  try {
    await state.write(runWrite(failed, { kind: 'version', version }));
  } catch (error) {
    // Somebody else looked at the same time and has written it.
    if (!(error instanceof ConditionFailed)) throw error;
  }
  return viewOf(failed);
}

/** A run is written down before it is started: whoever asks in between finds no execution yet. */
function causeOfAbsence({ submittedAtMs }: BacktestRun, nowMs: number): string | null {
  return nowMs - submittedAtMs > START_TIME_MS ? 'it could not be started: submit it again' : null;
}

/** @returns null for an execution that has not failed. */
function causeOfEnd({ status, cause }: Execution): string | null {
  return status === 'RUNNING' || status === 'SUCCEEDED' ? null : (cause ?? status);
}

function viewOf({ submittedBy: _, summaryKey: __, ...view }: BacktestRun): RunView {
  return view;
}
