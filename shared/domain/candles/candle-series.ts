/** Historical candles in columns, oldest first, times strictly ascending: 10 million rows stay a few typed arrays. */
export interface CandleSeries {
  readonly length: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Bits of quality flags; left out: nothing is said against any. */
  readonly quality?: Uint32Array;
}
