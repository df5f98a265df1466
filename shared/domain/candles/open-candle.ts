import { ONE, type Decimal } from '../decimal.ts';
import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import { openTimeOf, type Interval } from './interval.ts';

/** A candle under way. Changed in place: the fold runs once for each trade of a venue. */
export interface OpenCandle {
  readonly openTimeMs: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
  quoteVolume: Decimal;
  takerBuyVolume: Decimal;
  tradeCount: number;
  firstTradeId: number;
  lastTradeId: number;
  firstTimeMs: number;
  lastTimeMs: number;
  /** The last id seen before this candle's first trade: a gap behind it belongs to this candle. */
  precedingTradeId: number;
  /** Flags of its trades. Left out while there are none. */
  quality?: number;
}

export function openCandle(openTimeMs: number, trade: Trade, precedingTradeId: number): OpenCandle {
  const { price, quantity } = trade;
  const candle: OpenCandle = {
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: quantity,
    quoteVolume: (price * quantity) / ONE,
    takerBuyVolume: trade.takerSide === 'BUY' ? quantity : 0n,
    tradeCount: 1,
    firstTradeId: trade.tradeId,
    lastTradeId: trade.tradeId,
    firstTimeMs: trade.timeMs,
    lastTimeMs: trade.timeMs,
    precedingTradeId: precedingTradeId < 0 ? trade.tradeId - 1 : precedingOf(trade.tradeId, precedingTradeId),
  };
  addQuality(candle, trade);
  return candle;
}

type Flagged = Pick<OpenCandle, 'quality'>;

function addQuality(candle: Flagged, { quality = UNFLAGGED }: Readonly<Flagged>): void {
  if (quality !== UNFLAGGED) candle.quality = (candle.quality ?? UNFLAGGED) | quality;
}

/** A gap right before a late trade lies before what was the last id when the candle was opened, and may belong to it, too. */
function precedingOf(tradeId: number, precedingTradeId: number): number {
  return tradeId > precedingTradeId ? precedingTradeId : tradeId - 2;
}

export type CandleSums = Omit<OpenCandle, 'openTimeMs' | 'precedingTradeId'>;

export function addToOpen(candle: OpenCandle, trade: Trade): void {
  if (trade.tradeId <= candle.precedingTradeId)
    candle.precedingTradeId = precedingOf(trade.tradeId, candle.precedingTradeId);
  addTrade(candle, trade);
}

/** Inside a candle the trades are ordered by (time, id), in whichever order they arrive. */
export function addTrade(candle: CandleSums, trade: Trade): void {
  const { price, quantity, timeMs, tradeId } = trade;
  if (price > candle.high) candle.high = price;
  if (price < candle.low) candle.low = price;
  candle.volume += quantity;
  candle.quoteVolume += (price * quantity) / ONE;
  if (trade.takerSide === 'BUY') candle.takerBuyVolume += quantity;
  candle.tradeCount++;
  addQuality(candle, trade);
  if (timeMs > candle.lastTimeMs || (timeMs === candle.lastTimeMs && tradeId > candle.lastTradeId)) {
    candle.close = price;
    candle.lastTimeMs = timeMs;
    candle.lastTradeId = tradeId;
  } else if (
    timeMs < candle.firstTimeMs ||
    (timeMs === candle.firstTimeMs && tradeId < candle.firstTradeId)
  ) {
    candle.open = price;
    candle.firstTimeMs = timeMs;
    candle.firstTradeId = tradeId;
  }
}

/**
 * Adds what is in a candle of a shorter interval: the order in which they come does not matter.
 * @param open null: there is none of the longer interval yet
 */
export function joinCandle(open: OpenCandle | null, shorter: OpenCandle, interval: Interval): OpenCandle {
  if (open === null) return { ...shorter, openTimeMs: openTimeOf(shorter.openTimeMs, interval) };
  joinSums(open, shorter);
  open.precedingTradeId = Math.min(open.precedingTradeId, shorter.precedingTradeId);
  return open;
}

/** Adds what other trades came to: the order in which they come does not matter. */
export function joinSums(open: CandleSums, other: Readonly<CandleSums>): void {
  if (other.high > open.high) open.high = other.high;
  if (other.low < open.low) open.low = other.low;
  open.volume += other.volume;
  open.quoteVolume += other.quoteVolume;
  open.takerBuyVolume += other.takerBuyVolume;
  open.tradeCount += other.tradeCount;
  addQuality(open, other);
  if (isBefore(open.lastTimeMs, open.lastTradeId, other.lastTimeMs, other.lastTradeId)) {
    open.close = other.close;
    open.lastTimeMs = other.lastTimeMs;
    open.lastTradeId = other.lastTradeId;
  }
  if (isBefore(other.firstTimeMs, other.firstTradeId, open.firstTimeMs, open.firstTradeId)) {
    open.open = other.open;
    open.firstTimeMs = other.firstTimeMs;
    open.firstTradeId = other.firstTradeId;
  }
}

function isBefore(aMs: number, a: number, bMs: number, b: number): boolean {
  return aMs < bMs || (aMs === bMs && a < b);
}
