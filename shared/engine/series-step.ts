import type { CandleSeries } from '../domain/candles/candle-series.ts';
import { decimalFromNumber, type Decimal } from '../domain/decimal.ts';
import { UNFLAGGED } from '../domain/market-data/quality-flags.ts';
import type { CandleStep } from '../domain/orders/market-step.ts';

/** A candle of a series as orders meet it. Its prices become exact when they are asked for: a market order asks for the open alone. */
export class SeriesStep implements CandleStep {
  readonly kind = 'candle';
  readonly #series: CandleSeries;
  readonly #at: number;

  constructor(series: CandleSeries, at: number) {
    this.#series = series;
    this.#at = at;
  }

  get openTimeMs(): number {
    return this.#series.openTimeMs[this.#at]!;
  }

  /** Where the next begins: a series does not say how long its candles are. The last one is as long as the one before. */
  get closeTimeMs(): number {
    const { openTimeMs, length } = this.#series;
    const at = this.#at;
    if (at + 1 < length) return openTimeMs[at + 1]!;
    return at === 0 ? openTimeMs[at]! + 1 : 2 * openTimeMs[at]! - openTimeMs[at - 1]!;
  }

  get open(): Decimal {
    return decimalFromNumber(this.#series.open[this.#at]!);
  }

  get high(): Decimal {
    return decimalFromNumber(this.#series.high[this.#at]!);
  }

  get low(): Decimal {
    return decimalFromNumber(this.#series.low[this.#at]!);
  }

  get close(): Decimal {
    return decimalFromNumber(this.#series.close[this.#at]!);
  }

  get volume(): Decimal {
    return decimalFromNumber(this.#series.volume[this.#at]!);
  }

  get quality(): number {
    return this.#series.quality?.[this.#at] ?? UNFLAGGED;
  }
}
