import type { CandleStep } from '../domain/orders/market-step.ts';
import { meetMarketOrder } from '../domain/orders/market-fill.ts';
import type { Fill, Order } from '../domain/orders/order.ts';
import type { StrategyCandle } from '../domain/strategies/strategy.ts';

/** Where a backtest's orders meet the candles of their instrument. */
export interface CandleMarket {
  /** Nothing of ours can meet the next candle. */
  readonly isIdle: boolean;
  /** It meets the next candle, however long the market is closed until then. */
  take(order: Order): void;
  meet(candle: CandleStep): readonly Met[];
  /** What has closed, and whether there is a next. */
  close(candle: StrategyCandle, closeTimeMs: number): void;
}

export type Met =
  { readonly kind: 'filled'; readonly fill: Fill } | { readonly kind: 'ended'; readonly reason: string };

/** One market order at a time, which fills at the open of the next candle. */
export class NextOpen implements CandleMarket {
  #waiting: Order | null = null;

  get isIdle(): boolean {
    return this.#waiting === null;
  }

  take(order: Order): void {
    this.#waiting = order;
  }

  meet(candle: CandleStep): readonly Met[] {
    if (this.#waiting === null) return [];
    // Where an order ends, a series tells by the next candle alone: it is effective from its open on.
    const outcome = meetMarketOrder(this.#waiting, candle, candle.openTimeMs)!;
    this.#waiting = null;
    return [outcome.kind === 'filled' ? outcome : { kind: 'ended', reason: outcome.reason }];
  }

  close(): void {
    // An open asks nothing of what came before it.
  }
}
