import { decimal } from '../../shared/domain/decimal.ts';
import type { StoredCandle } from '../../shared/ports/candle-store.ts';

/** A closed candle of BTC-USDT with one trade, at its close. */
export function storedCandle(
  openTimeMs: number,
  closePrice: string,
  fields: Partial<StoredCandle> = {},
): StoredCandle {
  const price = decimal(closePrice);
  return {
    instrumentId: 'binance:BTC-USDT',
    interval: '1s',
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: decimal('1'),
    quoteVolume: price,
    takerBuyVolume: 0n,
    tradeCount: 1,
    firstTradeId: 1,
    lastTradeId: 1,
    firstTimeMs: openTimeMs,
    lastTimeMs: openTimeMs,
    closed: true,
    complete: true,
    revision: 0,
    throughSequence: '1',
    ...fields,
  };
}
