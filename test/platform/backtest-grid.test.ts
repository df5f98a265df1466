import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalExecutions } from '../../embedded/local-executions.ts';
import type { AnyHandler } from '../../embedded/runtime/functions.ts';
import { createHandler as createPlan } from '../../lambdas/backtest/plan-grid/handler.ts';
import { createHandler as createRun } from '../../lambdas/backtest/run-chunk/handler.ts';
import { createHandler as createSummary } from '../../lambdas/backtest/summarise-grid/handler.ts';
import { createHandler as createManage } from '../../lambdas/api/manage-backtests/handler.ts';
import { FileObjectStore } from '../../shared/adapters/embedded/file-object-store.ts';
import type { RunView } from '../../shared/contracts/backtest-views.ts';
import { limitsKey } from '../../shared/contracts/record-keys.ts';
import { PAPER_ACCOUNT_ID } from '../../shared/contracts/records.ts';
import { DEFAULT_LIMITS } from '../../shared/domain/risk/rules.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { restClient } from '../support/rest-client.ts';
import { storedCandle } from '../support/stored-candle.ts';
import { invocation } from '../support/trading-ports.ts';

/** A wave with a period of forty candles. */
const candles = Array.from({ length: 400 }, (_, i) =>
  storedCandle(i * 1000, (100 + 10 * Math.sin((i * Math.PI) / 20)).toFixed(4)),
);

const request = {
  strategy: 'ma-crossover',
  grid: { fastPeriod: [2, 3, 5, 30], slowPeriod: [10, 20] },
  instrumentId: 'binance:BTC-USDT',
  interval: '1s',
  fromMs: 0,
  toMs: 1_000_000,
};

describe('a grid of backtests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-grid-'));
  const state = openMemoryState();
  const objects = new FileObjectStore(folder);
  const store = new MemoryCandleStore();
  const clock = { nowMs: () => 5 };
  let broken = false;
  let invocations: FunctionName[] = [];
  let executions: LocalExecutions;

  const functions: Partial<Record<FunctionName, AnyHandler>> = {
    'plan-grid': createPlan({ state, candles: store, objects, clock }),
    'run-chunk': createRun({ objects }),
    'summarise-grid': createSummary({ state, objects, clock }),
  };

  beforeEach(() => {
    broken = false;
    invocations = [];
    executions = new LocalExecutions(state, async (name, input) => {
      invocations.push(name);
      if (broken && name === 'run-chunk') throw new Error('the chunk is broken');
      return functions[name]!(input, invocation);
    });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const call = () => restClient(createManage({ state, executions }, () => 1));

  async function finished(runId: string): Promise<RunView> {
    for (;;) {
      const { body } = await call()('GET /v1/backtests/{runId}', { path: { runId } });
      if ((body as RunView).status !== 'RUNNING') return body as RunView;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('is planned, run in chunks and summarised by the state machine, best first', async () => {
    await store.insert(candles, { mayRepeat: false });
    const submitted = await call()('POST /v1/backtests', { body: request });
    expect(submitted).toMatchObject({ status: 202, body: { status: 'RUNNING', combinations: null } });
    const run = await finished((submitted.body as RunView).runId);
    expect(run).toMatchObject({ status: 'SUCCEEDED', combinations: 8, candles: 400, cause: null });
    // Fast 30 over slow 10 or 20 makes no sense and is left out of the best.
    expect(run.best).toHaveLength(6);
    const returns = run.best.map((result) => result.totalReturn);
    expect(returns).toEqual([...returns].sort((a, b) => b - a));
    expect(run.best[0]!.trades).toBeGreaterThan(0);
    const page = await call()('GET /v1/backtests');
    expect(page.body).toMatchObject({ items: [{ runId: run.runId, status: 'SUCCEEDED' }] });
  });

  it('is held back by the limits of the account, and by those of its own where it names them', async () => {
    const key = limitsKey(PAPER_ACCOUNT_ID);
    const limits = { ...DEFAULT_LIMITS, maxOrderNotional: '1' };
    await state.write({ kind: 'put', table: 'orders', ...key, value: limits, condition: { kind: 'none' } });
    const tradesOf = async (body: object): Promise<number> => {
      const submitted = await call()('POST /v1/backtests', { body });
      const run = await finished((submitted.body as RunView).runId);
      return run.best.reduce((sum, { trades }) => sum + trades, 0);
    };
    expect(await tradesOf(request)).toBe(0);
    expect(await tradesOf({ ...request, limits: { maxOrderNotional: null } })).toBeGreaterThan(0);

    const damaged = { maxOrderNotional: 'one' };
    await state.write({ kind: 'put', table: 'orders', ...key, value: damaged, condition: { kind: 'none' } });
    expect((await call()('POST /v1/backtests', { body: request })).status).toBe(409);
    await state.write({ kind: 'delete', table: 'orders', ...key, condition: { kind: 'none' } });
  });

  it('says so when there are no candles, and why, without trying again what no retry would find', async () => {
    const { body } = await call()('POST /v1/backtests', {
      body: { ...request, fromMs: 5_000_000, toMs: 6_000_000 },
    });
    const run = await finished((body as RunView).runId);
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run.cause).toBe('no candles of binance:BTC-USDT 1s in that time');
    expect(invocations.filter((name) => name === 'plan-grid')).toHaveLength(1);
    expect(run.finishedAtMs).toBe(5);
  });

  it('that broke is told to have failed by the list as well', async () => {
    broken = true;
    const { body } = await call()('POST /v1/backtests', { body: request });
    for (;;) {
      const page = await call()('GET /v1/backtests');
      const { items } = page.body as { items: RunView[] };
      const run = items.find(({ runId }) => runId === (body as RunView).runId);
      if (run!.status === 'RUNNING') {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      expect(run).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('the chunk is broken') });
      return;
    }
  }, 30_000);

  it('that could not be started has failed after a while, and is not said to run for ever', async () => {
    const refusing = {
      start: async () => Promise.reject(new Error('too many requests')),
      describe: async () => null,
    };
    const at = (nowMs: number) => restClient(createManage({ state, executions: refusing }, () => nowMs));
    expect((await at(1000)('POST /v1/backtests', { body: request })).status).toBe(500);
    const [{ runId }] = (await at(1000)('GET /v1/backtests')).body.items as [RunView];
    const show = async (nowMs: number) =>
      (await at(nowMs)('GET /v1/backtests/{runId}', { path: { runId } })).body;
    // It may be about to start.
    expect(await show(30_000)).toMatchObject({ status: 'RUNNING' });
    expect(await show(61_001)).toMatchObject({
      status: 'FAILED',
      cause: 'it could not be started: submit it again',
      finishedAtMs: 61_000,
    });
  });

  it('is taken up again after the process ended in the middle', async () => {
    broken = true;
    const { body } = await call()('POST /v1/backtests', { body: request });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await executions.stop();
    broken = false;
    executions = new LocalExecutions(state, async (name, input) => functions[name]!(input, invocation));
    await executions.resume();
    expect(await finished((body as RunView).runId)).toMatchObject({ status: 'SUCCEEDED' });
  }, 15_000);

  it.each([
    [{ strategy: 'moon' }, 'body.strategy: unknown strategy "moon": expected one of ma-crossover'],
    [
      { grid: { speed: [1], fastPeriod: [2], slowPeriod: [10] } },
      'body.grid: unknown parameter "speed": expected fastPeriod and slowPeriod',
    ],
    [{ grid: {} }, 'body.grid: fastPeriod: expected a whole number from 1 to 1000, got nothing'],
    [
      { grid: { fastPeriod: [30, 40], slowPeriod: [10, 20] } },
      'body.grid: fastPeriod: expected less than slowPeriod, got 30 and 10',
    ],
    [
      { feeRate: '0.7' },
      'body.feeRate: expected a fraction of zero or more and below 0.5, such as 0.001, got "0.7"',
    ],
    [
      { capital: '99999999999999999999999999' },
      'body.capital: expected a decimal above zero and at most 1000000000000, got "99999999999999999999999999"',
    ],
  ])('is refused before anything runs: %j', async (fields, detail) => {
    const { status, problem } = await call()('POST /v1/backtests', { body: { ...request, ...fields } });
    expect([status, problem.detail]).toEqual([422, detail]);
  });
});
