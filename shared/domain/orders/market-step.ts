/** What happens in the market of one instrument, in the order in which it is shown to orders. */
import { multiply, type Decimal } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';

export type MarketStep = TradeStep | QuoteStep | CandleStep | WatermarkStep;

export interface TradeStep {
  readonly kind: 'trade';
  readonly timeMs: number;
  readonly price: Decimal;
  /** null: it was not told, and bounds nothing. */
  readonly quantity: Decimal | null;
  /** The side of the aggressor; null: it was not told, and may have been either. */
  readonly takerSide: Side | null;
  readonly tradeId: string | number;
  /** Bits of flags. */
  readonly quality: number;
}

/** The best of a book. */
export interface QuoteStep {
  readonly kind: 'quote';
  readonly timeMs: number;
  readonly bidPrice: Decimal;
  readonly bidQuantity: Decimal;
  readonly askPrice: Decimal;
  readonly askQuantity: Decimal;
  readonly quality: number;
}

/** All trades of `[openTimeMs, closeTimeMs)`, of which only four prices are known, and that the open came first and the close last. */
export interface CandleStep {
  readonly kind: 'candle';
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly quality: number;
  /** The candles that it is made of, where they are known: they tell what came first. */
  readonly shorter?: readonly CandleStep[];
}

/** Nothing from before this time follows. Time in force ends by it, and in a silent market by nothing else. */
export interface WatermarkStep {
  readonly kind: 'watermark';
  readonly timeMs: number;
}

/** When the first of it happened. */
export function beginOf(step: MarketStep): number {
  return step.kind === 'candle' ? step.openTimeMs : step.timeMs;
}

/** What our orders together may have of an amount; null: as much as they want. */
export function cappedVolume(traded: Decimal | null, volumeCap: Decimal | null): Decimal | null {
  return traded === null || volumeCap === null ? null : multiply(traded, volumeCap);
}
