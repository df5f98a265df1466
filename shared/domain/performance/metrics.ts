/** What a backtest made of its capital. Statistics: floats. */
import { toNumber } from '../decimal.ts';
import type { RoundTrip } from '../portfolio/book.ts';

export interface Metrics {
  readonly totalReturn: number;
  /** ≤ 0: the deepest fall of equity below its peak so far, as a fraction of that peak. */
  readonly maxDrawdown: number;
  /** mean(daily return) ÷ sd(daily return, ddof 1) × √365; null with fewer than two days or no variation. */
  readonly sharpe: number | null;
  /** mean(daily return) ÷ √(Σ min(r, 0)² ÷ N) × √365. */
  readonly sortino: number | null;
  /** (final ÷ initial)^(365 ÷ days) − 1; null under one day. */
  readonly cagr: number | null;
  /** CAGR ÷ |max drawdown|. */
  readonly calmar: number | null;
  readonly trades: number;
  readonly wins: number;
  readonly winRate: number | null;
  /** Σ profits ÷ |Σ losses|; null without a loss. */
  readonly profitFactor: number | null;
}

const DAY_MS = 86_400_000;
const DAYS_A_YEAR = 365;

/**
 * @param equity at each candle's close, as long as `openTimeMs`.
 * @param initialEquity the capital before the first candle.
 */
export function metricsOf(
  openTimeMs: Float64Array,
  equity: Float64Array,
  initialEquity: number,
  roundTrips: readonly RoundTrip[],
): Metrics {
  const finalEquity = equity.at(-1) ?? initialEquity;
  const daily = dailyReturns(openTimeMs, equity, initialEquity);
  const maxDrawdown = deepestFall(equity, initialEquity);
  const days = ((openTimeMs.at(-1) ?? 0) - (openTimeMs[0] ?? 0)) / DAY_MS;
  const cagr =
    days >= 1 && finalEquity > 0 ? (finalEquity / initialEquity) ** (DAYS_A_YEAR / days) - 1 : null;
  const profits = roundTrips.map((trip) => toNumber(trip.profit));
  const wins = profits.filter((profit) => profit > 0).length;
  return {
    totalReturn: finalEquity / initialEquity - 1,
    maxDrawdown,
    sharpe: annualised(mean(daily), standardDeviation(daily)),
    sortino: annualised(mean(daily), downsideDeviation(daily)),
    cagr,
    calmar: cagr === null || maxDrawdown === 0 ? null : cagr / -maxDrawdown,
    trades: profits.length,
    wins,
    winRate: profits.length === 0 ? null : wins / profits.length,
    profitFactor: profitFactorOf(profits),
  };
}

/** Return of each UTC day that has a candle: its last equity over the last equity before it. */
function dailyReturns(openTimeMs: Float64Array, equity: Float64Array, initialEquity: number): number[] {
  const returns: number[] = [];
  let before = initialEquity;
  for (let i = 0; i < equity.length; i++) {
    const day = Math.floor(openTimeMs[i]! / DAY_MS);
    const isLastOfDay = i + 1 === equity.length || Math.floor(openTimeMs[i + 1]! / DAY_MS) !== day;
    if (!isLastOfDay) continue;
    returns.push(equity[i]! / before - 1);
    before = equity[i]!;
  }
  return returns;
}

function deepestFall(equity: Float64Array, initialEquity: number): number {
  let peak = initialEquity;
  let deepest = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    const fall = value / peak - 1;
    if (fall < deepest) deepest = fall;
  }
  return deepest;
}

function profitFactorOf(profits: readonly number[]): number | null {
  const gained = profits.reduce((sum, profit) => sum + Math.max(profit, 0), 0);
  const lost = profits.reduce((sum, profit) => sum + Math.min(profit, 0), 0);
  return lost === 0 ? null : gained / -lost;
}

function annualised(meanReturn: number, deviation: number): number | null {
  return deviation > 0 ? (meanReturn / deviation) * Math.sqrt(DAYS_A_YEAR) : null;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const average = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
}

function downsideDeviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return Math.sqrt(values.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0) / values.length);
}
