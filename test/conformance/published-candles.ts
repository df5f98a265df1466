import { readFileSync } from 'node:fs';
import type { CandleView } from '../../shared/contracts/events.ts';
import { dataFolder } from './recorded-data.ts';

/** As independent loops computed them. */
interface PublishedCandle {
  readonly openTime: number;
  readonly complete: boolean;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
  readonly v: string;
  readonly qv: string;
  readonly tbv: string;
  readonly n: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The one-minute candles of the recorded Binance tape; the last one is open.
 * @param shiftMs added to their times, for a tape that was moved.
 */
export function publishedCandles(shiftMs = 0): CandleView[] {
  const file = JSON.parse(readFileSync(`${dataFolder}expected/ws_binance_spot.json`, 'utf8')) as {
    readonly 'public BTCUSDT': { readonly candles_1m: readonly PublishedCandle[] };
  };
  const candles = file['public BTCUSDT'].candles_1m;
  return candles.map((candle, i) => ({
    instrumentId: 'binance:BTC-USDT',
    interval: '1m',
    openTimeMs: candle.openTime + shiftMs,
    open: candle.o,
    high: candle.h,
    low: candle.l,
    close: candle.c,
    volume: candle.v,
    quoteVolume: candle.qv,
    takerBuyVolume: candle.tbv,
    tradeCount: candle.n,
    firstTradeId: String(candle.first),
    lastTradeId: String(candle.last),
    closed: i < candles.length - 1,
    complete: candle.complete,
  }));
}
