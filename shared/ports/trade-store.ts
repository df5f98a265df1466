import type { Interval } from '../domain/candles/interval.ts';
import type { TradeSpan } from '../domain/candles/trade-span.ts';
import type { InstrumentId } from '../domain/market-data/instrument.ts';
import type { Trade } from '../domain/market-data/trade.ts';
import type { ReceivedTrade } from '../contracts/lane-rows.ts';

/** Durable, queryable trades. */
export interface TradeStore {
  /**
   * Resolves when the trades can be queried.
   * @param mayRepeat some of them may be there already, by instrument, time and id: those are looked up and left out.
   * @returns those that were not left out.
   */
  insert(
    trades: readonly ReceivedTrade[],
    options: { readonly mayRepeat: boolean },
  ): Promise<readonly ReceivedTrade[]>;
  /** In order of (timeMs, tradeId), at most `limit`. */
  between(instrumentId: InstrumentId, fromMs: number, toMs: number, limit: number): Promise<readonly Trade[]>;
  /** The latest trade of an instrument by (timeMs, tradeId). @param beforeMs of those before that time */
  latest(instrumentId: InstrumentId, beforeMs?: number): Promise<Trade | null>;
  /**
   * What the trades of each stretch of time come to, each once, in order. Stretches without trades are left out.
   * @param fromMs a multiple of `stepMs`, as `toMs`
   * @throws LimitExceeded where the range has more trades than one question may read
   */
  spans(
    instrumentId: InstrumentId,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly TradeSpan[]>;
  /**
   * How many trades of each candle had been received by a time.
   * @param openTimesMs of candles of one interval, 1 to 10,000 of them
   * @returns by open time; those of which there was none are left out.
   */
  receivedBy(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
    timeMs: number,
  ): Promise<ReadonlyMap<number, number>>;
}
