import { randomUUID } from 'node:crypto';
import type { BodyOf } from '../../../shared/contracts/api.ts';
import type { RunView } from '../../../shared/contracts/backtest-views.ts';
import {
  RUNS_PARTITION,
  runKey,
  type BacktestRequest,
  type BacktestRun,
} from '../../../shared/contracts/backtests.ts';
import { limitsKey } from '../../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID } from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { combinationsOf } from '../../../shared/domain/strategies/grid.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
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
            value: await currentView(ports, item.value, nowMs()),
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
  body: BodyOf<'POST /v1/backtests'>,
  subject: string,
  nowMs: number,
): Promise<RestOutcome<'POST /v1/backtests'>> {
  const fault = faultOf(body);
  if (fault !== null) return fault;
  const request = await underLimits(state, body);
  if (request === null) {
    const detail = 'the risk limits of the account cannot be read: set one by PUT /v1/risk/limits';
    return { kind: 'conflict', detail };
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

/**
 * A run is held back by what holds the account back. The limits are written down with it, so that a change of them while
 * it runs splits no grid in two. @returns null: they cannot be read.
 */
async function underLimits(
  state: StateStore,
  body: BodyOf<'POST /v1/backtests'>,
): Promise<BacktestRequest | null> {
  const item = await state.get('orders', limitsKey(PAPER_ACCOUNT_ID));
  const known = limitsRecord.safeParse(item?.value ?? {}).data;
  return known === undefined ? null : { ...body, limits: { ...known, ...body.limits } };
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
  return { kind: 'done', body: await currentView(ports, item.value, nowMs) };
}

/** Only the state machine knows of a run that failed before anyone could write it down; looking at it writes nothing. */
async function currentView({ executions }: Needs, run: BacktestRun, nowMs: number): Promise<RunView> {
  if (run.status !== 'RUNNING') return viewOf(run);
  const execution = await executions.describe('run-backtest-grid', run.runId);
  const end = execution === null ? endOfAbsence(run, nowMs) : endOf(execution);
  return end === null ? viewOf(run) : viewOf({ ...run, status: 'FAILED', ...end });
}

type End = Pick<BacktestRun, 'finishedAtMs' | 'cause'>;

/** A run is written down before it is started: whoever asks in between finds no execution yet. */
function endOfAbsence({ submittedAtMs }: BacktestRun, nowMs: number): End | null {
  const finishedAtMs = submittedAtMs + START_TIME_MS;
  return nowMs > finishedAtMs ? { finishedAtMs, cause: 'it could not be started: submit it again' } : null;
}

/** @returns null for an execution that has not failed. */
function endOf({ status, cause, endedAtMs }: Execution): End | null {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return null;
  return { finishedAtMs: endedAtMs, cause: cause ?? status };
}

function viewOf({ submittedBy: _, summaryKey: __, ...view }: BacktestRun): RunView {
  return view;
}
