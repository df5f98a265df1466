import type { ClosedCandle } from '../domain/candles/fold.ts';
import { compareText } from '../domain/compare-text.ts';
import { inClosingOrder } from '../domain/candles/closing-order.ts';
import { INTERVALS, openTimeOf } from '../domain/candles/interval.ts';
import { formatDecimal, toNumber } from '../domain/decimal.ts';
import { laneOf, lanesOf, type Lane } from '../domain/market-data/lane.ts';
import { flagsIn } from '../domain/market-data/quality-flags.ts';
import type { Trade } from '../domain/market-data/trade.ts';
import {
  reasonItIsTooLate,
  type Fill,
  type Order,
  type OrderStatus,
  type Signal,
} from '../domain/orders/order.ts';
import { hear, type OrderProgress } from '../domain/orders/order-progress.ts';
import { matchTrade, openPaperVenue, passTime, type PaperVenue } from '../domain/orders/paper-venue.ts';
import { takeCommand } from '../domain/orders/venue-commands.ts';
import type { WrittenReport } from '../domain/orders/written-report.ts';
import type { Book } from '../domain/portfolio/book.ts';
import { AccountFigures } from '../domain/risk/account-figures.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import { configuredStrategy } from '../domain/strategies/registry.ts';
import { signalOf } from '../domain/strategies/signal.ts';
import type { Strategy, StrategyInstance } from '../domain/strategies/strategy.ts';
import { Desk } from './desk.ts';
import { TapeFolds, type TapeStep } from './tape-folds.ts';

export type TapeOrder = Order & OrderProgress;

export interface TapeRun {
  readonly closedCandles: number;
  readonly signals: readonly Signal[];
  readonly orders: readonly TapeOrder[];
  readonly fills: readonly Fill[];
  readonly books: readonly Book[];
}

interface Seat {
  readonly desk: Desk;
  readonly strategy: Strategy;
}

/**
 * The engine over a tape of trades: the candle fold, the strategies, risk, the paper venue and the ledger in one
 * loop, step for step what the live functions do one by one. Over the steps that a replay sends through the
 * platform it gives the same signals, orders and fills, byte for byte.
 */
export class TapeEngine {
  readonly #folds = new TapeFolds(INTERVALS);
  readonly #venues = new Map<Lane, PaperVenue>();
  readonly #seats: readonly Seat[];
  readonly #seatOf: ReadonlyMap<string, Seat>;
  /** What the instances of each account have together, where a limit asks for that. */
  readonly #accounts = new Map<string, AccountFigures | null>();
  readonly #signals: Signal[] = [];
  readonly #orders = new Map<string, TapeOrder>();
  readonly #fills: Fill[] = [];
  readonly #outcomes = { closed: [] as ClosedCandle[], late: [] };
  #closedCandles = 0;
  /** Where a replay's clock stands: at the second in which the tape begins, then at the foremost boundary. */
  #clockMs = -1;

  constructor(instances: readonly StrategyInstance[], limits: RiskLimits) {
    for (const { accountId } of instances) this.#accounts.set(accountId, AccountFigures.for(limits));
    this.#seats = [...instances]
      .sort((a, b) => compareText(a.instrumentId, b.instrumentId) || compareText(a.strategyId, b.strategyId))
      .map((instance) => ({
        desk: new Desk(instance, limits, this.#accounts.get(instance.accountId)),
        strategy: configuredStrategy(instance.name, instance.params).create(),
      }));
    this.#seatOf = new Map(this.#seats.map((seat) => [seat.desk.instance.strategyId, seat]));
  }

  /** Candles close before the trade that closed them can fill what follows from it. */
  step(step: TapeStep): void {
    this.#advanceClock(step);
    this.#folds.step(step, this.#outcomes);
    this.#onClosed();
    if (step.kind === 'trade') this.#match(step.trade);
    if (step.kind === 'heartbeat') this.#passTime(step.exchange, step.watermarkMs);
  }

  result(): TapeRun {
    return {
      closedCandles: this.#closedCandles,
      signals: this.#signals,
      orders: [...this.#orders.values()],
      fills: this.#fills,
      books: this.#seats.map((seat) => seat.desk.book),
    };
  }

  #onClosed(): void {
    const { closed, late } = this.#outcomes;
    late.length = 0;
    if (closed.length === 0) return;
    this.#closedCandles += closed.length;
    for (const candle of inClosingOrder(closed)) {
      if (candle.interval === '1s')
        for (const account of this.#accounts.values()) account?.mark(candle.instrumentId, candle.close);
      // The seats of an instrument lie in order of their strategies.
      for (const seat of this.#seats) this.#show(candle, seat);
    }
    closed.length = 0;
  }

  #show(candle: ClosedCandle, seat: Seat): void {
    const { instance } = seat.desk;
    if (candle.instrumentId !== instance.instrumentId || candle.interval !== instance.interval) return;
    const advice = seat.strategy.onCandle({
      openTimeMs: candle.openTimeMs,
      open: toNumber(candle.open),
      high: toNumber(candle.high),
      low: toNumber(candle.low),
      close: toNumber(candle.close),
      volume: toNumber(candle.volume),
    });
    if (advice === null && !seat.desk.isHeld) return;
    const { openTimeMs, quality } = candle;
    const close = { openTimeMs, close: formatDecimal(candle.close), ...flagsIn(quality) };
    if (advice === null) {
      const again = seat.desk.again(close);
      if (again !== null) this.#decide(seat, again, null);
      return;
    }
    const signal = signalOf(instance, close, advice);
    this.#signals.push(signal);
    this.#decide(seat, signal, null);
  }

  #decide(seat: Seat, signal: Signal, resumedAtMs: number | null): void {
    const decision = seat.desk.onSignal(signal, this.#clockMs, resumedAtMs);
    if (decision.kind === 'denied') this.#note(decision.order, 'DENIED', decision.reason);
    if (decision.kind !== 'approved') return;
    const tooLate = reasonItIsTooLate(decision.order, this.#clockMs);
    if (tooLate !== null) {
      seat.desk.onOrderEnded({ kind: 'stopped', reason: tooLate });
      this.#note(decision.order, 'DENIED', tooLate);
      return;
    }
    this.#note(decision.order, 'SUBMITTED', null);
    const venue = this.#venueOf(laneOf(signal.instrumentId));
    this.#hear((told) => takeCommand(venue, { kind: 'submit', orders: [decision.order] }, told));
  }

  #advanceClock(step: TapeStep): void {
    if (step.kind === 'watermarks')
      for (const { timeMs } of step.watermarks) this.#clockMs = Math.max(this.#clockMs, timeMs);
    else if (step.kind === 'heartbeat') this.#clockMs = Math.max(this.#clockMs, step.watermarkMs);
    else if (this.#clockMs < 0) this.#clockMs = openTimeOf(step.trade.timeMs, '1s');
  }

  #passTime(exchange: string, watermarkMs: number): void {
    for (const lane of lanesOf(exchange))
      this.#hear((told) => passTime(this.#venueOf(lane), watermarkMs, told));
  }

  #match(trade: Trade): void {
    this.#hear((told) => matchTrade(this.#venueOf(laneOf(trade.instrumentId)), trade, told));
  }

  /** What a venue tells of one step is heard when the step is over. */
  #hear(step: (told: WrittenReport[]) => void): void {
    const told: WrittenReport[] = [];
    step(told);
    for (const report of told) this.#onReport(report);
  }

  #onReport(report: WrittenReport): void {
    const { clientOrderId, strategyId } = report;
    const order = this.#orders.get(clientOrderId)!;
    const heard = hear(order, report);
    if (heard.kind === 'impossible') throw new Error(`order ${clientOrderId}: ${heard.reason}`);
    this.#orders.set(clientOrderId, { ...order, ...heard.change });
    const seat = this.#seatOf.get(strategyId)!;
    const { fill, end, change } = heard;
    if (fill !== null) {
      this.#fills.push(fill);
      seat.desk.onFill(fill, end !== null);
    }
    if (end === null) return;
    const again =
      end.kind === 'filled'
        ? seat.desk.takeWaiting()
        : seat.desk.onOrderEnded(end, change.filledQuantity !== '0');
    if (again !== null) this.#decide(seat, again, end.atMs);
  }

  #note(order: Order, status: OrderStatus, statusReason: string | null): void {
    const progress = { status, statusReason, filledQuantity: '0', averagePrice: null };
    this.#orders.set(order.clientOrderId, { ...order, ...progress });
  }

  #venueOf(lane: Lane): PaperVenue {
    let venue = this.#venues.get(lane);
    if (venue === undefined) this.#venues.set(lane, (venue = openPaperVenue()));
    return venue;
  }
}
