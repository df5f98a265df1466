import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  candlesKey,
  chunkInput,
  type BacktestRequest,
  type CandleColumns,
  type ChunkResult,
  type GridParams,
} from '../../../shared/contracts/backtests.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { backtest } from '../../../shared/engine/backtest.ts';
import type { CandleSeries } from '../../../shared/domain/candles/candle-series.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { backtestInstance } from '../../../shared/runtime/backtest-instance.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { getJson, putJson } from '../../../shared/runtime/json-objects.ts';

/** Runs the engine over one chunk of a grid. The result's key is given by the chunk, so a retry writes the same object. */
export function createHandler(ports: Pick<Ports, 'objects'>) {
  return defineFunction('run-chunk', async (input: unknown, invocation): Promise<{ resultKey: string }> => {
    const { runId, chunkKey } = chunkInput.parse(input);
    const chunk = await getJson(ports.objects, 'backtest chunk', chunkKey);
    const series = seriesOf(await getJson(ports.objects, 'backtest candles', candlesKey(runId)));
    const results: ChunkResult[] = [];
    for (const params of chunk.combinations) {
      results.push(runOne(series, chunk.request, params));
      // In one process the same loop delivers trades and fills; a chunk of seconds would let its deliveries time out.
      await nextTurn();
    }
    await putJson(ports.objects, 'backtest result', chunk.resultKey, { results });
    invocation.count('backtestsRun', results.length);
    return { resultKey: chunk.resultKey };
  });
}

function runOne(series: CandleSeries, request: BacktestRequest, params: GridParams): ChunkResult {
  const instance = backtestInstance(request, params);
  // A grid holds corners that make no sense, a fast period above the slow one for instance: said, not fatal.
  if ('error' in instance) return { ...NOTHING, params, error: instance.error };
  const { metrics, flagged, tradeHash } = backtest(
    series,
    instance,
    limitsRecord.parse(request.limits ?? {}),
  );
  const { finalEquity, totalReturn, maxDrawdown, sharpe, trades } = metrics;
  const result = { params, error: null, finalEquity, totalReturn, maxDrawdown, sharpe, trades, tradeHash };
  return flagged.fills === 0 ? result : { ...result, flagged };
}

const NOTHING = { finalEquity: '0', totalReturn: 0, maxDrawdown: 0, sharpe: null, trades: 0, tradeHash: '' };

function seriesOf(columns: CandleColumns): CandleSeries {
  return {
    length: columns.openTimeMs.length,
    openTimeMs: Float64Array.from(columns.openTimeMs),
    open: Float64Array.from(columns.open),
    high: Float64Array.from(columns.high),
    low: Float64Array.from(columns.low),
    close: Float64Array.from(columns.close),
    volume: Float64Array.from(columns.volume),
    ...(columns.quality === undefined ? {} : { quality: Uint32Array.from(columns.quality) }),
  };
}
