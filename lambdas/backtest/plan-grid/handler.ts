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
import type { CandleStore, StoredCandle } from '../../../shared/ports/candle-store.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { putJson } from '../../../shared/runtime/json-objects.ts';
import { updateRun } from '../../../shared/runtime/backtest-runs.ts';

const CANDLES_A_READ = 10_000;
const COMBINATIONS_A_CHUNK = 50;

/** Freezes the candles of a run, so that all its chunks see the same, and cuts its grid into chunks. */
export function createHandler(ports: Pick<Ports, 'state' | 'candles' | 'objects'>) {
  return defineFunction('plan-grid', async (input: unknown, invocation): Promise<PlanOutput> => {
    const { runId } = runInput.parse(input);
    const item = await ports.state.get<BacktestRun>('backtest', runKey(runId));
    if (item === null) throw new Error(`no backtest run ${runId}`);
    const { request } = item.value;
    const candles = await readCandles(ports.candles, request);
    if (candles.length === 0)
      throw new Error(`no candles of ${request.instrumentId} ${request.interval} in that time`);
    await putJson(ports.objects, candlesKey(runId), columnsOf(candles));
    const chunks = await writeChunks(ports, runId, request);
    await updateRun(ports.state, runId, (run) => ({
      ...run,
      candles: candles.length,
      combinations: combinationsOf(request.grid).length,
    }));
    invocation.count('chunksPlanned', chunks.length);
    return { runId, chunks };
  });
}

/** Candles as they were first closed: what a strategy could know at the time. */
async function readCandles(store: CandleStore, request: BacktestRequest): Promise<StoredCandle[]> {
  const { instrumentId, interval, toMs } = request;
  const candles: StoredCandle[] = [];
  let fromMs = request.fromMs;
  while (candles.length < MAX_RUN_CANDLES) {
    const page = await store.asFirstClosed(instrumentId, interval, fromMs, toMs, CANDLES_A_READ);
    candles.push(...page);
    if (page.length < CANDLES_A_READ) return candles;
    fromMs = page.at(-1)!.openTimeMs + 1;
  }
  throw new Error(`over ${MAX_RUN_CANDLES} candles: ask for a shorter time or a longer interval`);
}

function columnsOf(candles: readonly StoredCandle[]): CandleColumns {
  return {
    openTimeMs: candles.map((candle) => candle.openTimeMs),
    open: candles.map((candle) => toNumber(candle.open)),
    high: candles.map((candle) => toNumber(candle.high)),
    low: candles.map((candle) => toNumber(candle.low)),
    close: candles.map((candle) => toNumber(candle.close)),
    volume: candles.map((candle) => toNumber(candle.volume)),
  };
}

async function writeChunks(
  ports: Pick<Ports, 'objects'>,
  runId: string,
  request: BacktestRequest,
): Promise<PlanOutput['chunks']> {
  const combinations = combinationsOf(request.grid);
  const size = Math.max(COMBINATIONS_A_CHUNK, Math.ceil(combinations.length / MAX_CHUNKS));
  const chunks: PlanOutput['chunks'] = [];
  for (let from = 0; from < combinations.length; from += size) {
    const n = chunks.length;
    const chunk: ChunkObject = {
      request,
      combinations: combinations.slice(from, from + size),
      resultKey: resultKey(runId, n),
    };
    await putJson(ports.objects, chunkKey(runId, n), chunk);
    chunks.push({ runId, chunkKey: chunkKey(runId, n) });
  }
  return chunks;
}

/** Every combination, the last parameter varying fastest. */
export function combinationsOf(grid: BacktestRequest['grid']): GridParams[] {
  return Object.entries(grid).reduce<GridParams[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((params) => values.map((value) => ({ ...params, [name]: value }))),
    [{}],
  );
}
