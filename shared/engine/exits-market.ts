import { paperModelOf, workingOrderOf } from '../domain/orders/market-fill.ts';
import type { CandleStep } from '../domain/orders/market-step.ts';
import type { Order } from '../domain/orders/order.ts';
import { fillOf, type OrderReport } from '../domain/orders/report.ts';
import type { OrderIdentity, WorkingOrder } from '../domain/orders/working-order.ts';
import type { StrategyCandle, StrategyInstance } from '../domain/strategies/strategy.ts';
import type { ExitRules } from '../domain/trading/exits/exit-rules.ts';
import { CandleVenue } from './candle-venue.ts';
import type { CandleMarket, Met } from './next-open.ts';

/** A strategy's market orders and the exits of what they buy. Whichever comes first gets it out of its position. */
export class ExitsMarket implements CandleMarket {
  readonly #instance: StrategyInstance;
  readonly #venue: CandleVenue;
  /** Of the strategy's own advice. */
  #asked: Order | null = null;
  #working: WorkingOrder | null = null;

  constructor(instance: StrategyInstance, rules: ExitRules) {
    this.#instance = instance;
    this.#venue = new CandleVenue(paperModelOf(instance), rules);
  }

  get isIdle(): boolean {
    return this.#asked === null && this.#venue.isIdle;
  }

  take(order: Order): void {
    this.#asked = order;
  }

  meet(candle: CandleStep): readonly Met[] {
    const sent = this.#send(candle.openTimeMs);
    return [...sent, ...this.#venue.meet(candle)].flatMap((report) => this.#metBy(report) ?? []);
  }

  close(candle: StrategyCandle, closeTimeMs: number): void {
    this.#venue.close(candle, closeTimeMs);
  }

  #send(timeMs: number): readonly OrderReport[] {
    if (this.#asked === null) return [];
    const order = workingOrderOf(this.#asked, timeMs);
    this.#asked = null;
    this.#working = order;
    if (order.terms.side === 'BUY') return this.#venue.enter(order);
    return this.#venue.leave({ ...order, terms: { ...order.terms, reduceOnly: true } });
  }

  /** The desk hears of fills, and of the end of what it asked for itself. */
  #metBy(report: OrderReport): Met | null {
    if (report.kind === 'filled') return { kind: 'filled', fill: fillOf(this.#identityOf(report), report) };
    const isEnd = report.kind === 'rejected' || report.kind === 'canceled' || report.kind === 'expired';
    return isEnd && report.clientOrderId === this.#working?.clientOrderId
      ? { kind: 'ended', reason: report.reason }
      : null;
  }

  #identityOf({ clientOrderId }: OrderReport): OrderIdentity {
    const { accountId, strategyId, instrumentId } = this.#instance;
    return { clientOrderId, accountId, strategyId, instrumentId };
  }
}
