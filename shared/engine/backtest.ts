/** A backtest as people see it: the engine over candles, its round trips and what they come to. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import { decimalFromNumber, formatDecimal, toNumber } from '../domain/decimal.ts';
import { unitedFlags, type Flagged } from '../domain/market-data/quality-flags.ts';
import { metricsOf, type Metrics } from '../domain/performance/metrics.ts';
import { equityOf, type RoundTrip } from '../domain/portfolio/book.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { runCandles } from './run-candles.ts';

export interface BacktestTrade {
  readonly entryTimeMs: number;
  readonly entryPrice: string;
  readonly exitTimeMs: number;
  readonly exitPrice: string;
  readonly quantity: string;
  /** Proceeds − cost, both with fees. */
  readonly profit: string;
  /** profit ÷ cost. */
  readonly return: number;
}

/** A round trip as it is shown: with what is said against the data of its fills. */
export type ShownTrade = BacktestTrade & Flagged;

export interface BacktestResult {
  readonly metrics: Metrics & {
    readonly finalEquity: string;
    readonly feesPaid: string;
    readonly candles: number;
  };
  readonly trades: readonly ShownTrade[];
  /** What of it rests on flagged data: fills, round trips with such a fill, and the profit of these. */
  readonly flagged: { readonly fills: number; readonly trades: number; readonly profit: string };
  /** Marked at the last close, not closed. */
  readonly openPosition: {
    readonly quantity: string;
    readonly entryTimeMs: number;
    readonly entryPrice: string;
  } | null;
  /** SHA-256 of the canonical trades, whatever is said against them. */
  readonly tradeHash: string;
}

export interface BacktestReport extends BacktestResult {
  /** Equity at each candle's close. */
  readonly equity: Float64Array;
}

export function backtest(
  series: CandleSeries,
  instance: StrategyInstance,
  limits: RiskLimits,
): BacktestReport {
  const run = runCandles(series, instance, limits);
  const lastClose = decimalFromNumber(series.close[series.length - 1]!);
  const trades = run.roundTrips.map(tradeOf);
  const { book } = run;
  return {
    metrics: {
      finalEquity: formatDecimal(equityOf(book, lastClose)),
      feesPaid: formatDecimal(book.feesPaid),
      candles: series.length,
      ...metricsOf(series.openTimeMs, run.equity, Number(instance.capital), run.roundTrips),
    },
    trades: run.roundTrips.map((trip, n) => ({ ...trades[n]!, ...unitedFlags(trip) })),
    flagged: {
      fills: book.flaggedFills,
      trades: run.roundTrips.filter(({ flags }) => flags !== undefined).length,
      profit: formatDecimal(book.flaggedProfit),
    },
    openPosition:
      book.entry === null
        ? null
        : {
            quantity: formatDecimal(book.quantity),
            entryTimeMs: book.entry.timeMs,
            entryPrice: formatDecimal(book.entry.price),
          },
    tradeHash: hash('sha256', canonicalJson(trades)),
    equity: run.equity,
  };
}

function tradeOf(trip: RoundTrip): BacktestTrade {
  return {
    entryTimeMs: trip.entryTimeMs,
    entryPrice: formatDecimal(trip.entryPrice),
    exitTimeMs: trip.exitTimeMs,
    exitPrice: formatDecimal(trip.exitPrice),
    quantity: formatDecimal(trip.quantity),
    profit: formatDecimal(trip.profit),
    return: toNumber(trip.profit) / toNumber(trip.cost),
  };
}
