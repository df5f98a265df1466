import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Interval } from './interval.ts';

/** Trades of one instrument in `[openTimeMs, openTimeMs + interval)`. */
export interface Candle {
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** In base units. */
  readonly volume: Decimal;
  /** Σ price × quantity, each product rounded down to 12 places. */
  readonly quoteVolume: Decimal;
  /** The part of `volume` whose aggressor bought. */
  readonly takerBuyVolume: Decimal;
  readonly tradeCount: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  /** Times of the first and the last trade: with the ids they order late trades inside the candle. */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** The instrument's watermark has reached the end of the interval. */
  readonly closed: boolean;
  /**
   * Closed, watched from its open, and when this was written no trade was known to be missing that may belong to it:
   * no id between its trades, before its first, or between its last and the trade that closed it. A heartbeat closes a
   * candle before that next trade is known.
   */
  readonly complete: boolean;
  /** Of its trades, together: bits of quality flags. Left out: nothing is said against them. */
  readonly quality?: number;
  /** 0 as first closed, which is what strategies see. What is made of stored trades later begins at 1. */
  readonly revision: number;
}
