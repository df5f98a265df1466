/**
 * What travels on the bus. The detail-type names the version; a rule matches on it alone, so a new version
 * is a new event beside the old one.
 */
import * as z from 'zod';
import { INTERVALS } from '../domain/candles/interval.ts';
import { QUALITY_FLAGS } from '../domain/market-data/quality-flags.ts';
import { ORDER_STATUSES } from '../domain/orders/order.ts';
import { qualityEventView } from './quality-views.ts';
import { bookView, quoteView } from './book-views.ts';
import { amountText, decimalText, positiveDecimalText } from './decimal-text.ts';
import { instrumentId, timeMs, venueOffsetMs } from './instrument-fields.ts';
import { termsFields, withoutProblem } from './order-terms.ts';
import { paperModel } from './paper-model.ts';

export { instrumentId, timeMs };

export const interval = z.enum(INTERVALS);
export const side = z.enum(['BUY', 'SELL']);
const tradeIdText = z.string().regex(/^\d{1,16}$/);

/** What is said against what a record rests on. Left out: nothing. */
const qualityFlags = z.array(z.enum(QUALITY_FLAGS)).readonly();

/** A candle as REST, the WebSocket, the command line and the bus show it. */
export const candleView = z.object({
  instrumentId,
  interval,
  openTimeMs: timeMs,
  open: decimalText,
  high: decimalText,
  low: decimalText,
  close: decimalText,
  volume: decimalText,
  quoteVolume: decimalText,
  takerBuyVolume: decimalText,
  tradeCount: z.int().min(0),
  firstTradeId: tradeIdText,
  lastTradeId: tradeIdText,
  closed: z.boolean(),
  complete: z.boolean(),
  /** What is said against its trades. Left out: nothing. */
  flags: qualityFlags.optional(),
});
export type CandleView = z.infer<typeof candleView>;

/** On the bus a closed candle also names the one before it, so that a reader sees a gap without asking the store. */
export const closedCandle = candleView.extend({
  previousOpenTimeMs: timeMs.nullable(),
  venueOffsetMs: venueOffsetMs.optional(),
});
export type ClosedCandle = z.infer<typeof closedCandle>;

export const MAX_CANDLES_AN_EVENT = 100;
const candlesClosed = z.object({ candles: z.array(closedCandle).min(1).max(MAX_CANDLES_AN_EVENT) });

/** With their levels some 2 KB each, and the bus takes events of 256 KB. */
export const MAX_BOOKS_AN_EVENT = 50;
const quotesChanged = z.object({
  quotes: z.array(quoteView).max(MAX_BOOKS_AN_EVENT),
  books: z.array(bookView).max(MAX_BOOKS_AN_EVENT),
});

/** Each under a kilobyte. */
export const MAX_QUALITY_AN_EVENT = 100;
const qualityNoted = z.object({ events: z.array(qualityEventView).min(1).max(MAX_QUALITY_AN_EVENT) });

export const signal = z.object({
  signalId: z.uuid(),
  accountId: z.string(),
  strategyId: z.uuid(),
  instrumentId,
  interval,
  candleOpenTimeMs: timeMs,
  candleCloseTimeMs: timeMs,
  side,
  referencePrice: positiveDecimalText,
  reason: z.string(),
  venueOffsetMs: venueOffsetMs.optional(),
  flags: qualityFlags.optional(),
});

const anyOrder = z.object({
  clientOrderId: z.uuid(),
  signalId: z.uuid(),
  accountId: z.string(),
  strategyId: z.uuid(),
  instrumentId,
  ...termsFields,
  feeRate: amountText,
  slippage: amountText,
  paper: paperModel.optional(),
  effectiveTimeMs: timeMs,
  expiresAtMs: timeMs,
  venueOffsetMs: venueOffsetMs.optional(),
  /** Of the signal that it follows. */
  flags: qualityFlags.optional(),
});

/** One that a venue can be asked for. */
export const order = anyOrder.superRefine(withoutProblem);

export const fill = z.object({
  fillId: z.uuid(),
  clientOrderId: z.uuid(),
  accountId: z.string(),
  strategyId: z.uuid(),
  instrumentId,
  side,
  price: positiveDecimalText,
  quantity: positiveDecimalText,
  notional: amountText,
  fee: amountText,
  cashChange: decimalText,
  tradeId: tradeIdText,
  timeMs,
  /** Of its order, and of the print that it met. */
  flags: qualityFlags.optional(),
});

/** An order with what has become of it. */
export const orderView = anyOrder.extend({
  status: z.enum(ORDER_STATUSES),
  /** Why it was denied, rejected or expired. */
  statusReason: z.string().nullable(),
  filledQuantity: amountText,
  averagePrice: decimalText.nullable(),
  /** Of its fills together, where there is more than one. */
  filledNotional: amountText.optional(),
  /** How many reports of its venue were heard. Left out: none was. */
  reports: z.int().min(1).optional(),
});
export type OrderView = z.infer<typeof orderView>;

/** The book of one strategy instance on one instrument. */
export const positionView = z.object({
  accountId: z.string(),
  strategyId: z.uuid(),
  instrumentId,
  quantity: amountText,
  cash: decimalText,
  /** Cash paid for the open quantity, fees included. */
  cost: amountText,
  realizedProfit: decimalText,
  feesPaid: amountText,
  fills: z.int().min(0),
  entryTimeMs: timeMs.nullable(),
  entryPrice: decimalText.nullable(),
  /** Of the fills that the open position comes of. */
  flags: qualityFlags.optional(),
  /** Of the fills, those that rest on flagged data. Left out: none does. */
  flaggedFills: z.int().min(1).optional(),
  /** Profit of the round trips in which they were. Left out with them. */
  flaggedProfit: decimalText.optional(),
});
export type PositionView = z.infer<typeof positionView>;

/** Every event of the platform, by detail-type. */
export const eventSchemas = {
  /** build-candles: all that a batch closed, at most 100 a piece, after they are durable. */
  CandlesClosedV1: candlesClosed,
  /** store-quotes: the newest of each instrument, at most once a second of venue time, after they are durable. For screens. */
  QuotesChangedV1: quotesChanged,
  /** store-trades, store-quotes, build-candles: what they saw that is said against market data. */
  QualityNotedV1: qualityNoted,
  /** Each change of an order's status, by whichever function made it: for screens, never for decisions. */
  OrderChangedV1: z.object({ order: orderView }),
  /** run-desk: a fill is in the ledger. */
  PortfolioChangedV1: z.object({ fill, position: positionView }),
} as const;

export type DetailType = keyof typeof eventSchemas;
export type EventDetail<T extends DetailType> = z.infer<(typeof eventSchemas)[T]>;
