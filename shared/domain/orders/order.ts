import type { InstrumentId } from '../market-data/instrument.ts';
import type { Flagged } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { Interval } from '../candles/interval.ts';
import type { WrittenPaperModel } from '../accounts/written-paper-model.ts';
import type { WrittenTerms } from './written-terms.ts';

export const ORDER_STATUSES = [
  'INITIALIZED',
  'DENIED',
  'SUBMITTED',
  'UNKNOWN',
  'ACCEPTED',
  'REJECTED',
  'PARTIALLY_FILLED',
  'FILLED',
  'PENDING_CANCEL',
  'PENDING_REPLACE',
  'CANCELED',
  'EXPIRED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Raised when a strategy's advice changes on a closed candle, whose flags it carries. */
export interface Signal extends Flagged {
  readonly signalId: string;
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly interval: Interval;
  readonly candleOpenTimeMs: number;
  /** The candle's open plus its interval: when the signal could first be known. */
  readonly candleCloseTimeMs: number;
  readonly side: Side;
  /** The candle's close, canonical decimal: what notional limits are measured at. */
  readonly referencePrice: string;
  readonly reason: string;
  /** How far the venue's clock was ahead of ours; left out where none is listened to. */
  readonly venueOffsetMs?: number | undefined;
}

/** What is asked of a venue, with the flags of the signal that it follows. */
export interface Order extends WrittenTerms, Flagged {
  /** UUID of account, strategy, instrument, interval, candle and leg. */
  readonly clientOrderId: string;
  readonly signalId: string;
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly feeRate: string;
  readonly slippage: string;
  /** Of its account. Left out where fee and slippage say all of it, and it fills whole. */
  readonly paper?: WrittenPaperModel | undefined;
  /** It may fill at the first trade at or after this time. */
  readonly effectiveTimeMs: number;
  /** Until when its venue may take it. What the venue has taken stays there until it fills. */
  readonly expiresAtMs: number;
  /** Of its signal: both times above are the venue's. */
  readonly venueOffsetMs?: number | undefined;
}

/** Why an order may not go to its venue any more; null: it may. */
export function reasonItIsTooLate({ expiresAtMs }: Pick<Order, 'expiresAtMs'>, nowMs: number): string | null {
  return nowMs > expiresAtMs ? 'it came too late: its venue may take it no more' : null;
}

/**
 * One execution of ours, with the flags of its order and of the print that it met. All amounts canonical decimals; `fee` is in
 * the quote currency.
 */
export interface Fill extends Flagged {
  /** UUID of the order, the trade that it met, and the leg. */
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  readonly price: string;
  readonly quantity: string;
  /** price × quantity, rounded down. */
  readonly notional: string;
  readonly fee: string;
  /** What the fill adds to cash (negative for a buy): ±notional − fee, exactly. */
  readonly cashChange: string;
  /** The print that it met. */
  readonly tradeId: string;
  readonly timeMs: number;
}
