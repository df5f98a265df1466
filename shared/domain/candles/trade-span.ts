import type { CandleSums } from './open-candle.ts';

/** What the trades of a stretch of time come to, each once. */
export interface TradeSpan extends Readonly<CandleSums> {
  /** Where the stretch begins; all are of one length. */
  readonly openTimeMs: number;
  /** Of all its trades: by time, the first need not have the least. */
  readonly leastTradeId: number;
  readonly greatestTradeId: number;
}
