/**
 * The trading side of one strategy instance: signal → risk → order, fill → ledger. Live, the function run-desk
 * does these steps with state in a table; over history this object does them in a loop.
 */
import { intervalMs } from '../domain/candles/interval.ts';
import { decimal, type Decimal } from '../domain/decimal.ts';
import type { Fill, Order, Signal } from '../domain/orders/order.ts';
import { bookFill, equityOf, openBook, type Book, type RoundTrip } from '../domain/portfolio/book.ts';
import { NOTHING_HELD, reservedAfter } from '../domain/risk/account-books.ts';
import { AccountFigures } from '../domain/risk/account-figures.ts';
import type { Exit, Holding } from '../domain/risk/account-view.ts';
import {
  decide,
  decidedAtMs,
  memoryAfter,
  reservedBy,
  type Decision,
  type RiskView,
} from '../domain/risk/decide.ts';
import {
  exitOf,
  exitsAfter,
  forgetLastOrder,
  NOTHING_REMEMBERED,
  type RiskMemory,
} from '../domain/risk/memory.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import { utcDayOf } from '../domain/risk/view-of-book.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';
import {
  hasLapsed,
  isDue,
  isHeld,
  isKnownDenial,
  signalAgain,
  targetAfter,
  targetAfterEnd,
  targetOf,
  type LaterCandle,
  type Target,
  type UnfilledEnd,
} from '../domain/trading/target.ts';

export class Desk {
  readonly instance: StrategyInstance;
  readonly #limits: RiskLimits;
  readonly #account: AccountFigures | null;
  #book: Book;
  #inFlight: Order | null = null;
  /** What the order in flight may still add. */
  #reserved: Holding = NOTHING_HELD;
  #waiting: Signal | null = null;
  #target: Target | null = null;
  #day: { readonly name: string; readonly openEquity: Decimal } | null = null;
  #memory: RiskMemory = NOTHING_REMEMBERED;
  #exits: readonly Exit[] = [];

  /** @param account that of all desks that trade on it; null: no limit asks for it. */
  constructor(
    instance: StrategyInstance,
    limits: RiskLimits,
    account: AccountFigures | null = AccountFigures.for(limits),
  ) {
    this.instance = instance;
    this.#limits = limits;
    this.#account = account;
    this.#book = openBook(
      instance.accountId,
      instance.strategyId,
      instance.instrumentId,
      decimal(instance.capital),
    );
    account?.put(this.#book);
  }

  get book(): Book {
    return this.#book;
  }

  /**
   * @param nowMs the time of the decision
   * @param resumedAtMs when the order filled that the signal waited for.
   */
  onSignal(signal: Signal, nowMs: number, resumedAtMs: number | null = null): Decision {
    const view = this.#viewOf(signal, resumedAtMs);
    const before = targetOf(signal, this.#target);
    const decision = decide(signal, this.instance, view, nowMs, resumedAtMs, before?.orders);
    this.#target = targetAfter(decision, before?.signal ?? signal, before);
    this.#memory = memoryAfter(decision, signal, view, resumedAtMs);
    if (decision.kind === 'approved') {
      this.#inFlight = decision.order;
      this.#reserved = reservedBy(signal, this.#book);
      this.#account?.put(this.#book, this.#reserved);
      this.#account?.approved(decidedAtMs(signal, resumedAtMs));
    }
    // The newest advice counts.
    this.#waiting = decision.kind === 'waits' ? signal : null;
    if (decision.kind === 'denied' && isKnownDenial(decision.denial, before))
      return { kind: 'nothing-to-do' };
    return decision;
  }

  /**
   * @param ends whether its order is over by it: until then what is left of that works on
   * @returns the round trip that the fill completed, if any.
   */
  onFill(fill: Fill, ends = true): RoundTrip | null {
    const outcome = bookFill(this.#book, fill);
    if (outcome.kind === 'impossible')
      throw new Error(`fill ${fill.fillId} does not fit the book: ${outcome.reason}`);
    this.#book = outcome.book;
    this.#reserved = ends ? NOTHING_HELD : reservedAfter(this.#reserved, fill);
    if (ends) this.#inFlight = null;
    this.#account?.put(this.#book, this.#reserved);
    if (outcome.roundTrip !== null) this.#exits = exitsAfter(this.#exits, exitOf(outcome.roundTrip));
    return outcome.roundTrip;
  }

  /** The signal that waited for the order that has just filled; null: none did. It is to be decided upon again. */
  takeWaiting(): Signal | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  /**
   * The order in flight ended otherwise than filled.
   * @param hasFilled in part: the signal that waited for it has something to act on
   * @returns the signal that is to be decided upon again at once, if any
   */
  onOrderEnded(end: UnfilledEnd, hasFilled = false): Signal | null {
    const side = this.#inFlight?.side;
    this.#inFlight = null;
    this.#reserved = NOTHING_HELD;
    this.#account?.put(this.#book);
    const waiting = this.takeWaiting();
    if (hasFilled && waiting !== null) return waiting;
    // The position has not changed, so it is what the signal asked for that waited.
    if (side === undefined) return null;
    this.#memory = forgetLastOrder(this.#memory);
    this.#target = targetAfterEnd(this.#target, side, end);
    return end.kind === 'failed' && isDue(this.#target, end.atMs) ? this.#target.signal : null;
  }

  /** Nothing works towards what the strategy asked for: the next candle of its feed concerns it. */
  get isHeld(): boolean {
    return isHeld(this.#target);
  }

  /** @returns what is to be decided upon again at the close of a candle that brought no advice; null: nothing */
  again(candle: LaterCandle): Signal | null {
    const atMs = candle.openTimeMs + intervalMs(this.instance.interval);
    if (!isDue(this.#target, atMs)) return null;
    if (!hasLapsed(this.#target, atMs)) return signalAgain(this.#target, candle);
    this.#target = null;
    return null;
  }

  #viewOf(signal: Signal, resumedAtMs: number | null): RiskView {
    const { instrumentId, referencePrice } = signal;
    this.#account?.mark(instrumentId, decimal(referencePrice));
    return {
      book: this.#book,
      limits: this.#limits,
      killSwitchEngaged: false,
      states: [],
      inFlight: this.#inFlight?.side ?? null,
      dayOpenEquity: this.#dayOpenEquity(signal),
      memory: this.#memory,
      exits: this.#exits,
      account: this.#account?.viewAt(instrumentId, decidedAtMs(signal, resumedAtMs)) ?? null,
    };
  }

  #dayOpenEquity(signal: Signal): Decimal {
    const name = utcDayOf(signal.candleCloseTimeMs);
    if (this.#day?.name !== name) {
      this.#day = { name, openEquity: equityOf(this.#book, decimal(signal.referencePrice)) };
    }
    return this.#day.openEquity;
  }
}
