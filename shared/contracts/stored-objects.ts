/** The JSON objects of backtest runs, each kind with its versions. */
import type { CandleColumns, ChunkObject, ChunkResult } from './backtests.ts';
import { asItLies, FIRST, versioned } from './versioned.ts';

export interface StoredObjects {
  readonly 'backtest candles': CandleColumns;
  readonly 'backtest chunk': ChunkObject;
  readonly 'backtest result': { readonly results: readonly ChunkResult[] };
  readonly 'backtest summary': { readonly runId: string; readonly results: readonly ChunkResult[] };
}
export type ObjectKind = keyof StoredObjects;

export const objectKinds = {
  'backtest candles': versioned('backtest candles', FIRST),
  'backtest chunk': versioned('backtest chunk', FIRST),
  'backtest result': versioned('backtest result', {
    writes: 1,
    // The list itself was the object once.
    reads: { 0: ({ list }) => ({ results: list }), 1: asItLies },
  }),
  'backtest summary': versioned('backtest summary', FIRST),
} as const;
