import {
  candlesKey,
  chunkKey,
  MAX_CHUNKS,
  MAX_RUN_CANDLES,
  resultKey,
  runInput,
  runKey,
  type BacktestRequest,
  type BacktestRun,
  type CandleColumns,
  type ChunkObject,
  type GridParams,
  type PlanOutput,
} from '../../../shared/contracts/backtests.ts';
import { toNumber } from '../../../shared/domain/decimal.ts';
import { combinationsOf } from '../../../shared/domain/strategies/grid.ts';
import { UNFLAGGED } from '../../../shared/domain/market-data/quality-flags.ts';
import type { CandleStore, StoredCandle } from '../../../shared/ports/candle-store.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { inParallel } from '../../../shared/runtime/in-parallel.ts';
import { putJson } from '../../../shared/runtime/json-objects.ts';
import { updateRun } from '../../../shared/runtime/backtest-runs.ts';

const CANDLES_A_READ = 10_000;
const COMBINATIONS_A_CHUNK = 50;
/** A thousand chunks one after the other would take the better part of the minute that the function has. */
const WRITTEN_AT_ONCE = 20;

type Needs = Pick<Ports, 'state' | 'candles' | 'objects' | 'clock'>;

/**
 * Freezes the candles of a run, so that all its chunks see the same, and cuts its grid into chunks. A run that asks
 * for what is not there fails here, with its cause and without chunks: no retry would find it.
 */
export function createHandler(ports: Needs) {
  return defineFunction('plan-grid', async (input: unknown, invocation): Promise<PlanOutput> => {
    const { runId } = runInput.parse(input);
    const item = await ports.state.get<BacktestRun>('backtest', runKey(runId));
    if (item === null) throw new Error(`no backtest run ${runId}`);
    const { request } = item.value;
    const candles = await readCandles(ports.candles, request);
    if (typeof candles === 'string') {
      await fail(ports, runId, candles);
      return { runId, chunks: [] };
    }
    await putJson(ports.objects, 'backtest candles', candlesKey(runId), columnsOf(candles));
    const combinations = [...combinationsOf(request.grid)];
    const chunks = await writeChunks(ports, runId, request, combinations);
    await updateRun(ports.state, runId, (run) => ({
      ...run,
      candles: candles.length,
      combinations: combinations.length,
    }));
    invocation.count('chunksPlanned', chunks.length);
    return { runId, chunks };
  });
}

async function fail({ state, clock }: Needs, runId: string, cause: string): Promise<void> {
  const finishedAtMs = clock.nowMs();
  await updateRun(state, runId, (run) => ({ ...run, status: 'FAILED', finishedAtMs, cause }));
}

/** @returns candles as they were first closed, what a strategy could know at the time; or why the run has none. */
async function readCandles(store: CandleStore, request: BacktestRequest): Promise<StoredCandle[] | string> {
  const { instrumentId, interval, toMs } = request;
  const candles: StoredCandle[] = [];
  let fromMs = request.fromMs;
  while (candles.length < MAX_RUN_CANDLES) {
    const page = await store.asFirstClosed(instrumentId, interval, fromMs, toMs, CANDLES_A_READ);
    candles.push(...page);
    if (page.length < CANDLES_A_READ) {
      return candles.length > 0 ? candles : `no candles of ${instrumentId} ${interval} in that time`;
    }
    fromMs = page.at(-1)!.openTimeMs + 1;
  }
  return `over ${MAX_RUN_CANDLES} candles: ask for a shorter time or a longer interval`;
}

function columnsOf(candles: readonly StoredCandle[]): CandleColumns {
  return {
    openTimeMs: candles.map((candle) => candle.openTimeMs),
    open: candles.map((candle) => toNumber(candle.open)),
    high: candles.map((candle) => toNumber(candle.high)),
    low: candles.map((candle) => toNumber(candle.low)),
    close: candles.map((candle) => toNumber(candle.close)),
    volume: candles.map((candle) => toNumber(candle.volume)),
    ...(candles.some(({ quality }) => quality !== undefined)
      ? { quality: candles.map(({ quality = UNFLAGGED }) => quality) }
      : {}),
  };
}

async function writeChunks(
  ports: Pick<Ports, 'objects'>,
  runId: string,
  request: BacktestRequest,
  combinations: readonly GridParams[],
): Promise<PlanOutput['chunks']> {
  const size = Math.max(COMBINATIONS_A_CHUNK, Math.ceil(combinations.length / MAX_CHUNKS));
  const numbers = Array.from({ length: Math.ceil(combinations.length / size) }, (_, n) => n);
  return inParallel(numbers, WRITTEN_AT_ONCE, async (n) => {
    const chunk: ChunkObject = {
      request,
      combinations: combinations.slice(n * size, (n + 1) * size),
      resultKey: resultKey(runId, n),
    };
    await putJson(ports.objects, 'backtest chunk', chunkKey(runId, n), chunk);
    return { runId, chunkKey: chunkKey(runId, n) };
  });
}
