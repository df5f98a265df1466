import { expect, it } from '@jest/globals';
import {
  candlesKey,
  chunkKey,
  resultKey,
  type BacktestRequest,
  type CandleColumns,
  type ChunkObject,
} from '../../../shared/contracts/backtests.ts';
import { FileObjectStore } from '../../../shared/adapters/embedded/file-object-store.ts';
import { getJson, putJson } from '../../../shared/runtime/json-objects.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { invocation } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

const runId = '9d8a3c52-0b6f-5a4e-8a77-2f1f0d5b6e21';
const COMBINATIONS = 20;

it('lets others have their turn between two combinations: in one process they are what trades', async () => {
  const objects = new FileObjectStore(temporaryFolder());
  const prices = Array.from({ length: 200 }, (_, i) => 100 + 10 * Math.sin(i / 6));
  const columns: CandleColumns = {
    openTimeMs: prices.map((_, i) => i * 60_000),
    ...{ open: prices, high: prices, low: prices, close: prices },
    volume: prices.map(() => 1),
  };
  const request: BacktestRequest = {
    strategy: 'ma-crossover',
    grid: {},
    instrumentId: 'binance:BTC-USDT',
    interval: '1m',
    fromMs: 0,
    toMs: 1e12,
    capital: '10000',
    feeRate: '0.001',
    slippage: '0',
  };
  const chunk: ChunkObject = {
    request,
    combinations: Array.from({ length: COMBINATIONS }, (_, i) => ({ fastPeriod: 2, slowPeriod: 3 + i })),
    resultKey: resultKey(runId, 0),
  };
  await putJson(objects, 'backtest candles', candlesKey(runId), columns);
  await putJson(objects, 'backtest chunk', chunkKey(runId, 0), chunk);
  let turns = 0;
  let hasEnded = false;
  const others = (): void => {
    turns++;
    if (!hasEnded) setImmediate(others);
  };
  // Reading and writing the objects gives turns too: they count before and after, not in between.
  const { get } = objects;
  objects.get = async (key) => {
    const body = await get.call(objects, key);
    if (key === candlesKey(runId)) setImmediate(others);
    return body;
  };
  const { put } = objects;
  objects.put = async (...args) => {
    hasEnded = true;
    await put.apply(objects, args);
  };
  await createHandler({ objects })({ runId, chunkKey: chunkKey(runId, 0) }, invocation);
  expect(turns).toBeGreaterThanOrEqual(COMBINATIONS - 1);
  const { results } = await getJson(objects, 'backtest result', chunk.resultKey);
  expect(results).toHaveLength(COMBINATIONS);
});
