/** Candles as a beginner makes them: what the folds of the platform are held against. */
import type { Candle } from '../../shared/domain/candles/candle.ts';
import { openTimeOf, type Interval } from '../../shared/domain/candles/interval.ts';
import { ONE } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';

export type Sums = Pick<
  Candle,
  | 'openTimeMs'
  | 'open'
  | 'high'
  | 'low'
  | 'close'
  | 'volume'
  | 'quoteVolume'
  | 'takerBuyVolume'
  | 'tradeCount'
  | 'firstTradeId'
  | 'lastTradeId'
>;

/** What trades alone decide of a candle. */
export const sumsOf = (candle: Sums): Sums => {
  const { openTimeMs, open, high, low, close, volume, quoteVolume, takerBuyVolume } = candle;
  const { tradeCount, firstTradeId, lastTradeId } = candle;
  return {
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    takerBuyVolume,
    tradeCount,
    firstTradeId,
    lastTradeId,
  };
};

/** Each trade into each candle, in the order of the tape. */
export function foldedPlainly(trades: readonly Trade[], interval: Interval): Sums[] {
  const candles: { -readonly [Name in keyof Sums]: Sums[Name] }[] = [];
  for (const { timeMs, tradeId, price, quantity, takerSide } of trades) {
    const openTimeMs = openTimeOf(timeMs, interval);
    let candle = candles.at(-1);
    if (candle?.openTimeMs !== openTimeMs) {
      candle = {
        openTimeMs,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 0n,
        quoteVolume: 0n,
        takerBuyVolume: 0n,
        tradeCount: 0,
        firstTradeId: tradeId,
        lastTradeId: tradeId,
      };
      candles.push(candle);
    }
    candle.high = price > candle.high ? price : candle.high;
    candle.low = price < candle.low ? price : candle.low;
    candle.close = price;
    candle.volume += quantity;
    candle.quoteVolume += (price * quantity) / ONE;
    if (takerSide === 'BUY') candle.takerBuyVolume += quantity;
    candle.tradeCount++;
    candle.lastTradeId = tradeId;
  }
  return candles;
}
