/** A grid of as many chunks as a run may have, over a network: what Lambda gives a minute for. */
import { describe, expect, it } from '@jest/globals';
import { createHandler as createPlan } from '../../lambdas/backtest/plan-grid/handler.ts';
import { createHandler as createSummary } from '../../lambdas/backtest/summarise-grid/handler.ts';
import {
  chunkKey,
  MAX_CHUNKS,
  resultKey,
  runKey,
  summaryKey,
  type BacktestRun,
  type ChunkObject,
  type ChunkResult,
} from '../../shared/contracts/backtests.ts';
import { runWrite } from '../../shared/runtime/backtest-runs.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { SlowObjects } from '../support/slow-objects.ts';
import { storedCandle } from '../support/stored-candle.ts';
import { invocation } from '../support/trading-ports.ts';

const runId = '6c1f3f0e-0d43-4c0b-9f7d-3d1d0f4f7a10';
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
const run: BacktestRun = {
  runId,
  status: 'RUNNING',
  submittedAtMs: 1,
  finishedAtMs: null,
  submittedBy: 'alice',
  request: {
    strategy: 'ma-crossover',
    grid: { fastPeriod: numbers(250), slowPeriod: numbers(200) },
    instrumentId: 'binance:BTC-USDT',
    interval: '1s',
    fromMs: 0,
    toMs: 1000,
    capital: '10000',
    feeRate: '0',
    slippage: '0',
  },
  combinations: null,
  candles: null,
  best: [],
  cause: null,
  summaryKey: null,
};

const resultOf = (params: ChunkResult['params']): ChunkResult => ({
  params,
  error: null,
  finalEquity: '1',
  totalReturn: 0,
  maxDrawdown: 0,
  sharpe: null,
  trades: 0,
  tradeHash: '',
});

describe('a grid of a thousand chunks', () => {
  it('is planned and summarised many objects at a time, in the order of the grid', async () => {
    const state = openMemoryState();
    const objects = new SlowObjects();
    const candles = new MemoryCandleStore();
    await candles.insert([storedCandle(0, '100')], { mayRepeat: false });
    await state.write(runWrite(run, { kind: 'absent' }));

    const plan = await createPlan({ state, candles, objects, clock: { nowMs: () => 5 } })(
      { runId },
      invocation,
    );
    expect(plan.chunks).toEqual(
      Array.from({ length: MAX_CHUNKS }, (_, n) => ({ runId, chunkKey: chunkKey(runId, n) })),
    );
    expect(objects.most).toBeGreaterThanOrEqual(10);

    const read = (key: string): unknown => JSON.parse(Buffer.from(objects.objects.get(key)!).toString());
    for (const [n, { chunkKey: key }] of plan.chunks.entries()) {
      const { combinations } = read(key) as ChunkObject;
      objects.objects.set(resultKey(runId, n), Buffer.from(JSON.stringify(combinations.map(resultOf))));
    }
    objects.most = 0;
    await createSummary({ state, objects, clock: { nowMs: () => 5 } })(plan, invocation);
    const { results } = read(summaryKey(runId)) as { results: readonly ChunkResult[] };
    expect(results).toHaveLength(50_000);
    expect([results[0]!.params, results[200]!.params, results.at(-1)!.params]).toEqual([
      { fastPeriod: 1, slowPeriod: 1 },
      { fastPeriod: 2, slowPeriod: 1 },
      { fastPeriod: 250, slowPeriod: 200 },
    ]);
    expect(objects.most).toBeGreaterThanOrEqual(10);
    expect(await state.get('backtest', runKey(runId))).toMatchObject({ value: { status: 'SUCCEEDED' } });
  }, 30_000);
});
