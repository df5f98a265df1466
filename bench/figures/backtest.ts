import { toNumber } from '../../shared/domain/decimal.ts';
import { equityOf } from '../../shared/domain/portfolio/book.ts';
import { decimalFromNumber } from '../../shared/domain/decimal.ts';
import { NO_LIMITS } from '../../shared/domain/risk/rules.ts';
import { strategyInstance } from '../../shared/domain/strategies/instance.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import type { CandleSeries } from '../../shared/domain/candles/candle-series.ts';
import { runCandles } from '../../shared/engine/run-candles.ts';
import { priceFactor } from '../../simulator/synthetic-prices.ts';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { beside, nanosecondsAnItem } from '../measuring/beside.ts';
import { crossPlainly, type PlainResult } from '../references/plain-crossover.ts';

const CANDLES = 1_000_000;
const RUNS = 7;
const PERIODS = { fastPeriod: 20, slowPeriod: 50 };
const CAPITAL = 10_000;
/** A larger one would eat the capital up long before the last candle, and the smallest unit would decide what is traded. */
const FEE_RATE = 0.0001;

/** Nanoseconds a candle of the engine that runs live, beside a loop by hand over the same arrays. */
export async function backtest(bench: Bench): Promise<readonly Figure[]> {
  const series = candles(CANDLES);
  const instance = crossover();
  const parameters = { ...PERIODS, capital: CAPITAL, feeRate: FEE_RATE };
  const results: { engine?: PlainResult; plain?: PlainResult } = {};
  const { runs, referenceRuns } = await beside(
    bench.runs ?? RUNS,
    () => nanosecondsAnItem(CANDLES, () => (results.engine = runEngine(series, instance))),
    () => nanosecondsAnItem(CANDLES, () => (results.plain = crossPlainly(series, parameters))),
  );
  assertEqual(results.engine!, results.plain!);
  return [
    figureOf({
      figure: 'backtest',
      unit: 'ns/candle',
      runs,
      reference: 'a loop by hand over the same arrays: running sums, floats, no orders and no ledger',
      referenceRuns,
      note: `ma-crossover ${PERIODS.fastPeriod}/${PERIODS.slowPeriod}; both make the same trades`,
      details: { candles: CANDLES, trades: results.engine!.trades },
    }),
  ];
}

function runEngine(series: CandleSeries, instance: StrategyInstance): PlainResult {
  const { book, roundTrips } = runCandles(series, instance, NO_LIMITS);
  const lastClose = decimalFromNumber(series.close[series.length - 1]!);
  return { trades: roundTrips.length, finalEquity: toNumber(equityOf(book, lastClose)) };
}

function assertEqual(engine: PlainResult, plain: PlainResult): void {
  const apart = Math.abs(engine.finalEquity / plain.finalEquity - 1);
  if (engine.trades === plain.trades && engine.trades > 0 && apart < 1e-6) return;
  throw new Error(
    `backtest: the engine came to ${JSON.stringify(engine)}, the plain loop to ${JSON.stringify(plain)}`,
  );
}

function crossover(): StrategyInstance {
  const instance = strategyInstance({
    accountId: 'bench',
    name: 'ma-crossover',
    params: PERIODS,
    instrumentId: 'simulated:BASE-QUOTE',
    interval: '1m',
    capital: String(CAPITAL),
    feeRate: String(FEE_RATE),
    slippage: '0',
    latencyMs: 0,
  });
  if ('error' in instance) throw new Error(instance.error);
  return instance;
}

const LEVEL = 60_000;
const MINUTE_MS = 60_000;

/** Prices of the simulated market in cents, a point a candle; each opens where the one before closed. */
function candles(length: number): CandleSeries {
  const openTimeMs = Float64Array.from({ length }, (_, i) => i * MINUTE_MS);
  const close = Float64Array.from({ length }, (_, i) => Math.round(LEVEL * priceFactor(1, 0, i) * 100) / 100);
  const open = Float64Array.from({ length }, (_, i) => close[Math.max(0, i - 1)]!);
  const extreme = (of: (a: number, b: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) => of(open[i]!, close[i]!));
  return {
    length,
    openTimeMs,
    open,
    high: extreme(Math.max),
    low: extreme(Math.min),
    close,
    volume: new Float64Array(length).fill(1),
  };
}
