/**
 * Average true range in TA-Lib's convention (ta_ATR.c): Wilder's smoothing, begun with the mean of the first `period` true ranges, of
 * which the first is that of the second candle.
 */
export class AverageTrueRange {
  readonly period: number;
  #lastClose = NaN;
  #ranges = 0;
  #average = 0;

  constructor(period: number) {
    if (!Number.isInteger(period) || period < 1)
      throw new RangeError(`period must be a whole number of 1 or more: ${period}`);
    this.period = period;
  }

  /** @returns the average after this candle, NaN before there are `period` + 1 candles. */
  next({
    high,
    low,
    close,
  }: {
    readonly high: number;
    readonly low: number;
    readonly close: number;
  }): number {
    const lastClose = this.#lastClose;
    this.#lastClose = close;
    if (Number.isNaN(lastClose)) return NaN;
    const range = Math.max(high - low, Math.abs(high - lastClose), Math.abs(low - lastClose));
    const { period } = this;
    this.#ranges++;
    if (this.#ranges > period) this.#average = (this.#average * (period - 1) + range) / period;
    else {
      this.#average += range;
      if (this.#ranges < period) return NaN;
      this.#average /= period;
    }
    return this.#average;
  }
}
