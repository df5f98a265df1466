/**
 * The trading side of one strategy instance: signal → risk → order, fill → ledger. Live, the functions check-risk
 * and apply-fill do these steps with state in a table; over history this object does them in a loop.
 */
import { decimal, type Decimal } from '../domain/decimal.ts';
import type { Fill, Order, Signal } from '../domain/orders/order.ts';
import { bookFill, equityOf, openBook, type Book, type RoundTrip } from '../domain/portfolio/book.ts';
import { decide, utcDayOf, type Decision } from '../domain/risk/decide.ts';
import type { RiskLimits } from '../domain/risk/rules.ts';
import type { StrategyInstance } from '../domain/strategies/strategy.ts';

export class Desk {
  readonly instance: StrategyInstance;
  readonly #limits: RiskLimits;
  #book: Book;
  #inFlight: Order | null = null;
  #waiting: Signal | null = null;
  #day: { readonly name: string; readonly openEquity: Decimal } | null = null;

  constructor(instance: StrategyInstance, limits: RiskLimits) {
    this.instance = instance;
    this.#limits = limits;
    this.#book = openBook(
      instance.accountId,
      instance.strategyId,
      instance.instrumentId,
      decimal(instance.capital),
    );
  }

  get book(): Book {
    return this.#book;
  }

  /** @param resumedAtMs when the order filled that the signal waited for. */
  onSignal(signal: Signal, resumedAtMs: number | null = null): Decision {
    const decision = decide(
      signal,
      this.instance,
      {
        book: this.#book,
        limits: this.#limits,
        killSwitchEngaged: false,
        orderInFlight: this.#inFlight !== null,
        dayOpenEquity: this.#dayOpenEquity(signal),
      },
      signal.candleCloseTimeMs,
      resumedAtMs,
    );
    if (decision.kind === 'approved') this.#inFlight = decision.order;
    // The newest advice counts.
    this.#waiting = decision.kind === 'waits' ? signal : null;
    return decision;
  }

  /** @returns the round trip that the fill completed, if any. */
  onFill(fill: Fill): RoundTrip | null {
    const outcome = bookFill(this.#book, fill);
    if (outcome.kind === 'impossible')
      throw new Error(`fill ${fill.fillId} does not fit the book: ${outcome.reason}`);
    this.#book = outcome.book;
    this.#inFlight = null;
    return outcome.roundTrip;
  }

  /** The signal that waited for the order that has just filled; null: none did. It is to be decided upon again. */
  takeWaiting(): Signal | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  /** The venue rejected the order, or it expired. */
  onOrderEnded(): void {
    this.#inFlight = null;
    // The position has not changed, so it is what the signal asked for.
    this.#waiting = null;
  }

  #dayOpenEquity(signal: Signal): Decimal {
    const name = utcDayOf(signal.candleCloseTimeMs);
    if (this.#day?.name !== name) {
      this.#day = { name, openEquity: equityOf(this.#book, decimal(signal.referencePrice)) };
    }
    return this.#day.openEquity;
  }
}
