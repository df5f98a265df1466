/** Candles as a plain loop over columns of floats makes them: what exactness, order and late trades are measured against. */
import { intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import { toNumber } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';

export interface TradeColumns {
  readonly length: number;
  readonly instruments: number;
  readonly instrument: Uint8Array;
  readonly tradeId: Float64Array;
  readonly timeMs: Float64Array;
  readonly price: Float64Array;
  readonly quantity: Float64Array;
  readonly isBuy: Uint8Array;
}

export function columnsOf(trades: readonly Trade[]): TradeColumns {
  const names = [...new Set(trades.map(({ instrumentId }) => instrumentId))];
  const indexes = new Map(names.map((name, index) => [name, index]));
  const column = (pick: (trade: Trade) => number): Float64Array => Float64Array.from(trades, pick);
  return {
    length: trades.length,
    instruments: names.length,
    instrument: Uint8Array.from(trades, ({ instrumentId }) => indexes.get(instrumentId)!),
    tradeId: column(({ tradeId }) => tradeId),
    timeMs: column(({ timeMs }) => timeMs),
    price: column(({ price }) => toNumber(price)),
    quantity: column(({ quantity }) => toNumber(quantity)),
    isBuy: Uint8Array.from(trades, ({ takerSide }) => (takerSide === 'BUY' ? 1 : 0)),
  };
}

interface PlainCandle {
  openTimeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
  takerBuyVolume: number;
  tradeCount: number;
  firstTradeId: number;
  lastTradeId: number;
}

/** @returns the closed candles of every interval. */
export function foldPlainly(columns: TradeColumns, intervals: readonly Interval[]): readonly PlainCandle[] {
  const closed: PlainCandle[] = [];
  const lengths = intervals.map(intervalMs);
  const open = intervals.map(() => new Array<PlainCandle | null>(columns.instruments).fill(null));
  for (let i = 0; i < columns.length; i++) {
    const instrument = columns.instrument[i]!;
    const timeMs = columns.timeMs[i]!;
    const price = columns.price[i]!;
    const quantity = columns.quantity[i]!;
    for (let n = 0; n < lengths.length; n++) {
      const openTimeMs = timeMs - (timeMs % lengths[n]!);
      let candle = open[n]![instrument]!;
      if (candle === null || candle.openTimeMs !== openTimeMs) {
        if (candle !== null) closed.push(candle);
        candle = startCandle(openTimeMs, price, columns.tradeId[i]!);
        open[n]![instrument] = candle;
      }
      if (price > candle.high) candle.high = price;
      if (price < candle.low) candle.low = price;
      candle.close = price;
      candle.volume += quantity;
      candle.quoteVolume += price * quantity;
      if (columns.isBuy[i] === 1) candle.takerBuyVolume += quantity;
      candle.tradeCount++;
      candle.lastTradeId = columns.tradeId[i]!;
    }
  }
  return closed;
}

function startCandle(openTimeMs: number, price: number, tradeId: number): PlainCandle {
  return {
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    quoteVolume: 0,
    takerBuyVolume: 0,
    tradeCount: 0,
    firstTradeId: tradeId,
    lastTradeId: tradeId,
  };
}
