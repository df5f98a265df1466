import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from './instrument.ts';

export type Side = 'BUY' | 'SELL';

/** A print on the tape. Known by (instrumentId, timeMs, tradeId), in which order it lies. */
export interface Trade {
  readonly instrumentId: InstrumentId;
  /** The venue's id: a safe integer inside, a string at every boundary. */
  readonly tradeId: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** The side of the aggressor. */
  readonly takerSide: Side;
  /** The venue's trade time. */
  readonly timeMs: number;
  /** Bits of quality flags; left out: nothing is said against it. */
  readonly quality?: number;
}

const DIGITS = /^\d{1,16}$/;

/** The id behind it is a safe integer too: folds look for it, and count how many lie between two. */
export const MAX_TRADE_ID = Number.MAX_SAFE_INTEGER - 1;

/** A trade id out of its text; `null`: it is no whole number up to `MAX_TRADE_ID`. */
export function parseTradeId(text: unknown): number | null {
  if (typeof text !== 'string' || !DIGITS.test(text)) return null;
  const id = Number(text);
  return id <= MAX_TRADE_ID ? id : null;
}
