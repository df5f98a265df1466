/**
 * The engine over candles: a signal at the close of one fills at the open of the next. The strategy, the risk
 * decision, the fill and the ledger are the ones that run live.
 */
import { decimalFromNumber, formatDecimal, toNumber } from '../domain/decimal.ts';
import { flagsIn, type Flagged } from '../domain/market-data/quality-flags.ts';
import { meetMarketOrder, type FillOutcome } from '../domain/orders/market-fill.ts';
import type { Fill, Order, Signal } from '../domain/orders/order.ts';
import type { Book, RoundTrip } from '../domain/portfolio/book.ts';
import type { Decision } from '../domain/risk/decide.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import { configuredStrategy } from '../domain/strategies/registry.ts';
import { signalOf } from '../domain/strategies/signal.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';
import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { Desk } from './desk.ts';
import { SeriesStep } from './series-step.ts';

export interface CandleRun {
  readonly book: Book;
  readonly signals: readonly Signal[];
  readonly fills: readonly Fill[];
  readonly roundTrips: readonly RoundTrip[];
  /** Equity at each candle's close. */
  readonly equity: Float64Array;
}

export function runCandles(series: CandleSeries, instance: StrategyInstance, limits: RiskLimits): CandleRun {
  const strategy = configuredStrategy(instance.name, instance.params).create();
  const desk = new Desk(instance, limits);
  const signals: Signal[] = [];
  const fills: Fill[] = [];
  const roundTrips: RoundTrip[] = [];
  const equity = new Float64Array(series.length);
  const candle = { openTimeMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  let waiting: Order | null = null;
  let cash = toNumber(desk.book.cash);
  let quantity = 0;

  for (let i = 0; i < series.length; i++) {
    loadCandle(candle, series, i);
    if (waiting !== null) {
      const outcome = outcomeIn(waiting, new SeriesStep(series, i));
      waiting = null;
      if (outcome.kind === 'rejected') {
        const atMs = candle.openTimeMs;
        const again = desk.onOrderEnded({ kind: 'failed', reason: outcome.reason, atMs });
        if (again !== null) waiting = orderOf(desk.onSignal(again, atMs, atMs));
      } else {
        fills.push(outcome.fill);
        const roundTrip = desk.onFill(outcome.fill);
        if (roundTrip !== null) roundTrips.push(roundTrip);
        const resumed = desk.takeWaiting();
        if (resumed !== null)
          waiting = orderOf(desk.onSignal(resumed, outcome.fill.timeMs, outcome.fill.timeMs));
        cash = toNumber(desk.book.cash);
        quantity = toNumber(desk.book.quantity);
      }
    }
    equity[i] = cash + quantity * candle.close;
    const advice = strategy.onCandle(candle);
    if (advice === null && !desk.isHeld) continue;
    const price = formatDecimal(decimalFromNumber(candle.close));
    const close = { openTimeMs: candle.openTimeMs, close: price, ...flagsAt(series, i) };
    const signal = advice === null ? desk.again(close) : signalOf(instance, close, advice);
    if (signal === null) continue;
    if (advice !== null) signals.push(signal);
    waiting = orderOf(desk.onSignal(signal, signal.candleCloseTimeMs)) ?? waiting;
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

/**
 * The next candle's open is the first print at or after the signal, however long the market was closed in between. Where one ends, the
 * series tells by the next alone: the order is effective from its open on.
 */
function outcomeIn(order: Order, step: SeriesStep): FillOutcome {
  return meetMarketOrder(order, step, step.openTimeMs)!;
}

function orderOf(decision: Decision): Order | null {
  return decision.kind === 'approved' ? decision.order : null;
}
