/** A crossover of two moving averages as anybody would write it down: one loop, floats, no engine. */
import type { CandleSeries } from '../../shared/domain/candles/candle-series.ts';

export interface PlainCrossover {
  readonly fastPeriod: number;
  readonly slowPeriod: number;
  readonly capital: number;
  readonly feeRate: number;
}

export interface PlainResult {
  /** Completed round trips. */
  readonly trades: number;
  readonly finalEquity: number;
}

/** A crossing at a close fills at the next open; all-in long or flat. Sums in the order of TA-Lib, so that ties fall alike. */
export function crossPlainly({ close, open, length }: CandleSeries, parameters: PlainCrossover): PlainResult {
  const { fastPeriod, slowPeriod, capital, feeRate } = parameters;
  const equity = new Float64Array(length);
  let [fastTotal, slowTotal] = [0, 0];
  let [previousFast, previousSlow] = [NaN, NaN];
  let cash = capital;
  let quantity = 0;
  let trades = 0;
  let wanted: 'long' | 'flat' | null = null;
  for (let i = 0; i < length; i++) {
    const price = open[i]!;
    if (wanted === 'long' && quantity === 0) {
      quantity = cash / (price * (1 + feeRate));
      cash = 0;
    } else if (wanted === 'flat' && quantity > 0) {
      cash = quantity * price * (1 - feeRate);
      quantity = 0;
      trades++;
    }
    wanted = null;
    equity[i] = cash + quantity * close[i]!;
    fastTotal += close[i]!;
    slowTotal += close[i]!;
    const fast = i >= fastPeriod - 1 ? fastTotal / fastPeriod : NaN;
    const slow = i >= slowPeriod - 1 ? slowTotal / slowPeriod : NaN;
    if (i >= fastPeriod - 1) fastTotal -= close[i - fastPeriod + 1]!;
    if (i >= slowPeriod - 1) slowTotal -= close[i - slowPeriod + 1]!;
    if (fast > slow && previousFast <= previousSlow) wanted = 'long';
    else if (fast < slow && previousFast >= previousSlow) wanted = 'flat';
    previousFast = fast;
    previousSlow = slow;
  }
  return { trades, finalEquity: equity[length - 1]! };
}
