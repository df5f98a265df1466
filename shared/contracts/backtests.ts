/** Backtest runs: what is asked for, how it is cut up, and what comes of it. Data and results are objects; keys travel. */
import * as z from 'zod';
import {
  gridResult,
  type GridResult as GridResultView,
  type RunView,
  type SubmitBacktest,
} from './backtest-views.ts';

/** Chunks of one run: what one state machine maps over. */
export const MAX_CHUNKS = 1000;
/** Candles that one run reads. */
export const MAX_RUN_CANDLES = 200_000;

export type BacktestRequest = SubmitBacktest;
export type GridParams = GridResultView['params'];

/** One combination as the chunks tell it: also the ones that could not be run. */
export interface ChunkResult extends GridResultView {
  /** Why these parameters could not be run; null: they were. */
  readonly error: string | null;
  readonly tradeHash: string;
}

/** The part of a result that is shown: without what only the objects keep. */
export function gridResultOf(result: ChunkResult): GridResultView {
  return gridResult.strip().parse(result);
}

/** RUN#<runId> / RUN */
export interface BacktestRun extends RunView {
  /** The subject of the token that submitted it. */
  readonly submittedBy: string;
  /** Object that holds every result. */
  readonly summaryKey: string | null;
}

/** What the state machine passes from state to state. */
export const runInput = z.object({ runId: z.uuid() });
export const chunkInput = z.object({ runId: z.uuid(), chunkKey: z.string() });
export const planOutput = z.object({ runId: z.uuid(), chunks: z.array(chunkInput).max(MAX_CHUNKS) });
export type PlanOutput = z.infer<typeof planOutput>;

/** backtests/<runId>/chunks/<n>.json */
export interface ChunkObject {
  readonly request: BacktestRequest;
  readonly combinations: readonly GridParams[];
  readonly resultKey: string;
}

/** backtests/<runId>/candles.json: columns, so that a chunk parses numbers and not objects. */
export interface CandleColumns {
  readonly openTimeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  /** Bits of quality flags; left out: nothing is said against any. */
  readonly quality?: readonly number[];
}

export const candlesKey = (runId: string): string => `backtests/${runId}/candles.json`;
export const chunkKey = (runId: string, n: number): string =>
  `backtests/${runId}/chunks/${String(n).padStart(4, '0')}.json`;
export const resultKey = (runId: string, n: number): string =>
  `backtests/${runId}/results/${String(n).padStart(4, '0')}.json`;
export const summaryKey = (runId: string): string => `backtests/${runId}/summary.json`;

interface Key {
  readonly pk: string;
  readonly sk: string;
}
export const runKey = (runId: string): Key => ({ pk: `RUN#${runId}`, sk: 'RUN' });
export const RUNS_PARTITION = 'RUNS';
