/**
 * The engine over candles: a signal at the close of one fills at the open of the next. The strategy, the risk
 * decision, the fill and the ledger are the ones that run live.
 */
import { decimalFromNumber, formatDecimal, toNumber } from '../domain/decimal.ts';
import { flagsIn, type Flagged } from '../domain/market-data/quality-flags.ts';
import type { Fill, Signal } from '../domain/orders/order.ts';
import type { Book, RoundTrip } from '../domain/portfolio/book.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import { configuredStrategy } from '../domain/strategies/registry.ts';
import { signalOf } from '../domain/strategies/signal.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';
import type { ExitRules } from '../domain/trading/exits/exit-rules.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { Desk } from './desk.ts';
import { ExitsMarket } from './exits-market.ts';
import { NextOpen, type CandleMarket } from './next-open.ts';
import { SeriesStep } from './series-step.ts';

export interface CandleRun {
  readonly book: Book;
  readonly signals: readonly Signal[];
  readonly fills: readonly Fill[];
  readonly roundTrips: readonly RoundTrip[];
  /** Equity at each candle's close. */
  readonly equity: Float64Array;
}

/** @param exits how positions are got out of without the strategy's advice; null: not at all */
export function runCandles(
  series: CandleSeries,
  instance: StrategyInstance,
  limits: RiskLimits,
  exits: ExitRules | null = null,
): CandleRun {
  const strategy = configuredStrategy(instance.name, instance.params).create();
  const desk = new Desk(instance, limits);
  const signals: Signal[] = [];
  const fills: Fill[] = [];
  const roundTrips: RoundTrip[] = [];
  const equity = new Float64Array(series.length);
  const candle = { openTimeMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  const market: CandleMarket = exits === null ? new NextOpen() : new ExitsMarket(instance, exits);
  let cash = toNumber(desk.book.cash);
  let quantity = 0;

  for (let i = 0; i < series.length; i++) {
    loadCandle(candle, series, i);
    if (!market.isIdle) {
      for (const met of market.meet(new SeriesStep(series, i))) {
        if (met.kind === 'ended') {
          // Made again at this candle's close, it meets the same open that it would if it were made again at once.
          desk.onOrderEnded({ kind: 'failed', reason: met.reason, atMs: candle.openTimeMs });
          continue;
        }
        fills.push(met.fill);
        const roundTrip = desk.onFill(met.fill);
        if (roundTrip !== null) roundTrips.push(roundTrip);
      }
      cash = toNumber(desk.book.cash);
      quantity = toNumber(desk.book.quantity);
    }
    equity[i] = cash + quantity * candle.close;
    market.close(candle, series.openTimeMs[i + 1] ?? candle.openTimeMs);
    const advice = strategy.onCandle(candle);
    if (advice === null && !desk.isHeld) continue;
    const price = formatDecimal(decimalFromNumber(candle.close));
    const close = { openTimeMs: candle.openTimeMs, close: price, ...flagsAt(series, i) };
    const signal = advice === null ? desk.again(close) : signalOf(instance, close, advice);
    if (signal === null) continue;
    if (advice !== null) signals.push(signal);
    const decision = desk.onSignal(signal, signal.candleCloseTimeMs);
    if (decision.kind === 'approved') market.take(decision.order);
  }
  return { book: desk.book, signals, fills, roundTrips, equity };
}

function flagsAt({ quality }: CandleSeries, i: number): Flagged {
  return flagsIn(quality?.[i]);
}

type MutableCandle = {
  openTimeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
};

/** One object for all candles: an allocation a candle would cost more than a moving average. */
function loadCandle(candle: MutableCandle, series: CandleSeries, i: number): void {
  candle.openTimeMs = series.openTimeMs[i]!;
  candle.open = series.open[i]!;
  candle.high = series.high[i]!;
  candle.low = series.low[i]!;
  candle.close = series.close[i]!;
  candle.volume = series.volume[i]!;
}
