import { noteEnd, type FoldState, type InstrumentFold, type IntervalFold } from './fold.ts';
import { openTimeOf, shortestFirst, type Interval } from './interval.ts';
import { joinCandle } from './open-candle.ts';

/**
 * Goes on with what was kept, for these intervals: one that is new begins now, one that is left out ends.
 * @param kept is taken over, and changed.
 */
export function resumeFold(kept: FoldState, intervals: readonly Interval[]): InstrumentFold {
  const wanted = shortestFirst(intervals);
  // What a shorter candle holds is not in the longer ones yet, and would go with it.
  for (const [n, state] of kept.intervals.entries()) {
    const longer = kept.intervals[n + 1];
    if (!wanted.includes(state.interval) && state.open !== null && longer !== undefined)
      longer.open = joinCandle(longer.open, state.open, longer.interval);
  }
  const states: IntervalFold[] = [];
  for (const interval of wanted) {
    const known = kept.intervals.find((state) => state.interval === interval);
    states.push(known ?? beginInterval(interval, kept.watermarkMs, states.at(-1)));
  }
  const fold = {
    ...kept,
    closingTrade: kept.intervals[0]?.interval === wanted[0] ? kept.closingTrade : null,
    intervals: states,
    closesAtMs: Infinity,
  };
  for (const { interval, open } of states) if (open !== null) noteEnd(fold, open.openTimeMs, interval);
  return fold;
}

/** @param shorter holds every trade since its own candle opened, where it was watched from then on. */
function beginInterval(
  interval: Interval,
  watermarkMs: number,
  shorter: IntervalFold | undefined,
): IntervalFold {
  const sinceMs =
    watermarkMs < 0 || shorter === undefined
      ? watermarkMs + 1
      : Math.max(shorter.observedSinceMs, openTimeOf(watermarkMs, shorter.interval));
  return {
    interval,
    observedSinceMs: watermarkMs < 0 ? -1 : sinceMs,
    open: null,
    previousOpenTimeMs: null,
  };
}
