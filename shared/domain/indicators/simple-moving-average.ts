/**
 * Simple moving average in TA-Lib's order of operations (ta_SMA.c): total += newest; output = total / n;
 * total −= oldest. Any other order differs in the last bit, which is enough to move a crossing by one candle.
 */
export class SimpleMovingAverage {
  readonly period: number;
  readonly #window: Float64Array;
  #total = 0;
  #count = 0;

  constructor(period: number) {
    if (!Number.isInteger(period) || period < 1)
      throw new RangeError(`period must be a whole number of 1 or more: ${period}`);
    this.period = period;
    this.#window = new Float64Array(period);
  }

  /** @returns the average of the last `period` values, NaN before there are as many. */
  next(value: number): number {
    const slot = this.#count % this.period;
    this.#window[slot] = value;
    this.#count++;
    this.#total += value;
    if (this.#count < this.period) return NaN;
    const average = this.#total / this.period;
    this.#total -= this.#window[this.#count % this.period]!;
    return average;
  }

  /** [total, count, ...window]: doubles survive JSON exactly. */
  snapshot(): number[] {
    return [this.#total, this.#count, ...this.#window];
  }

  static restore(period: number, snapshot: readonly number[]): SimpleMovingAverage {
    if (snapshot.length !== period + 2)
      throw new RangeError(`not a snapshot of a moving average over ${period}`);
    const average = new SimpleMovingAverage(period);
    average.#total = snapshot[0]!;
    average.#count = snapshot[1]!;
    average.#window.set(snapshot.slice(2));
    return average;
  }
}
