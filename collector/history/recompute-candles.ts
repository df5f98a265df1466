/**
 * Makes candles again of the trades that are stored and holds them against the candles that are: what both a check and
 * the writing of history do. Bounded: a page of trades, a page of candles and one candle an interval.
 */
import type { Candle } from '../../shared/domain/candles/candle.ts';
import { intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import { PlainFold } from '../../shared/domain/candles/plain-fold.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../shared/ports/candle-store.ts';
import type { TradeStore } from '../../shared/ports/trade-store.ts';
import { storedTrades } from '../../shared/adapters/stored-trades.ts';
import { StoredCandles, type TimeRange } from './stored-series.ts';

export interface Stores {
  readonly trades: Pick<TradeStore, 'between' | 'latest'>;
  readonly candles: Pick<CandleStore, 'between'>;
}

/** A candle as its trades make it, and the latest revision that is stored; one of the two may be missing. */
export type Pair =
  | { readonly made: Candle; readonly stored: StoredCandle | null }
  /** None of its trades is stored. */
  | { readonly made: null; readonly stored: StoredCandle };

export interface RecomputeOptions {
  readonly instrumentId: InstrumentId;
  readonly intervals: readonly Interval[];
  /** Candles that lie within it wholly. */
  readonly range: TimeRange;
  /** No trade before it will follow. Candles that end later are not closed yet. */
  readonly closedThroughMs: number;
  readonly signal: AbortSignal;
  /** Called for each candle of an interval in order of their open times. */
  readonly onPair: (interval: Interval, pair: Pair) => void | Promise<void>;
  /** Called after each page with how many trades were read so far, and up to when. */
  readonly onProgress: (trades: number, timeMs: number) => void;
}

interface Series {
  readonly fold: PlainFold;
  readonly stored: StoredCandles;
}

/** @returns how many trades there are in the range. */
export async function recomputeCandles(stores: Stores, options: RecomputeOptions): Promise<number> {
  const { instrumentId, intervals, range, signal, onProgress } = options;
  const series = intervals.map((interval) => ({
    fold: new PlainFold(instrumentId, interval),
    stored: new StoredCandles(stores.candles, instrumentId, interval, range),
  }));
  let count = 0;
  for await (const page of storedTrades(stores.trades, instrumentId, range)) {
    signal.throwIfAborted();
    for (const one of series) {
      for (const trade of page) {
        const ended = one.fold.add(trade);
        if (ended !== null) await tell(one, ended, options);
      }
    }
    count += page.length;
    onProgress(count, page.at(-1)!.timeMs);
  }
  for (const one of series) {
    const last = one.fold.end(null);
    if (last !== null) await tell(one, last, options);
    await tellUnmade(one, range.toMs, options);
  }
  return count;
}

async function tell(series: Series, made: Candle, options: RecomputeOptions): Promise<void> {
  const { range, closedThroughMs, onPair } = options;
  const { interval } = series.fold;
  const endMs = made.openTimeMs + intervalMs(interval);
  if (made.openTimeMs < range.fromMs || endMs > range.toMs) return;
  await tellUnmade(series, made.openTimeMs - 1, options);
  const [stored = null] = await series.stored.through(made.openTimeMs);
  if (stored === null && endMs > closedThroughMs) return;
  await onPair(interval, { made, stored });
}

/** Those that are stored, and of which no trade is. */
async function tellUnmade(
  { fold, stored }: Series,
  throughMs: number,
  options: RecomputeOptions,
): Promise<void> {
  const { interval } = fold;
  for (const candle of await stored.through(throughMs)) {
    if (candle.openTimeMs + intervalMs(interval) > options.range.toMs) continue;
    await options.onPair(interval, { made: null, stored: candle });
  }
}
