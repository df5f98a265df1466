/** The order within an instant, which is the same wherever candles close, strategies decide and results are listed. */
import { compareText } from '../compare-text.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { compareIntervals, intervalMs, type Interval } from './interval.ts';

/** A candle that closes, and who is shown it. */
export interface Closing {
  readonly closeTimeMs: number;
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  /** Left out: before every strategy. */
  readonly strategyId?: string;
}

/** By (close time, instrument, interval by length, strategy): 0 only for the same closing. */
export function compareClosings(a: Closing, b: Closing): number {
  return (
    a.closeTimeMs - b.closeTimeMs ||
    compareText(a.instrumentId, b.instrumentId) ||
    compareIntervals(a.interval, b.interval) ||
    compareText(a.strategyId ?? '', b.strategyId ?? '')
  );
}

interface ClosedCandle {
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  readonly openTimeMs: number;
}

/** Candles as their closes follow each other. */
export function inClosingOrder<Candle extends ClosedCandle>(candles: readonly Candle[]): Candle[] {
  const closingOf = ({ instrumentId, interval, openTimeMs }: ClosedCandle): Closing => ({
    closeTimeMs: openTimeMs + intervalMs(interval),
    instrumentId,
    interval,
  });
  return candles.toSorted((a, b) => compareClosings(closingOf(a), closingOf(b)));
}
