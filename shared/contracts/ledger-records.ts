/** Books and orders between the ledger, which counts in exact decimals, and the tables, which hold text. */
import type { Book } from '../domain/portfolio/book.ts';
import { decimal, formatDecimal } from '../domain/decimal.ts';
import { unitedFlags } from '../domain/market-data/quality-flags.ts';
import type { Order, OrderStatus } from '../domain/orders/order.ts';
import type { BookRecord, OrderRecord } from './records.ts';

export function bookOf(record: BookRecord): Book {
  return {
    accountId: record.accountId,
    strategyId: record.strategyId,
    instrumentId: record.instrumentId,
    cash: decimal(record.cash),
    quantity: decimal(record.quantity),
    cost: decimal(record.cost),
    realizedProfit: decimal(record.realizedProfit),
    feesPaid: decimal(record.feesPaid),
    fills: record.fills,
    flaggedFills: record.flaggedFills ?? 0,
    flaggedProfit: decimal(record.flaggedProfit ?? '0'),
    ...unitedFlags(record),
    entry:
      record.entryTimeMs === null || record.entryPrice === null
        ? null
        : { timeMs: record.entryTimeMs, price: decimal(record.entryPrice) },
  };
}

export function bookRecordOf(book: Book): BookRecord {
  return {
    accountId: book.accountId,
    strategyId: book.strategyId,
    instrumentId: book.instrumentId,
    quantity: formatDecimal(book.quantity),
    cash: formatDecimal(book.cash),
    cost: formatDecimal(book.cost),
    realizedProfit: formatDecimal(book.realizedProfit),
    feesPaid: formatDecimal(book.feesPaid),
    fills: book.fills,
    entryTimeMs: book.entry?.timeMs ?? null,
    entryPrice: book.entry === null ? null : formatDecimal(book.entry.price),
    ...unitedFlags(book),
    // Left out where there is nothing to say: such records are what they were before anything was flagged.
    ...(book.flaggedFills === 0
      ? {}
      : { flaggedFills: book.flaggedFills, flaggedProfit: formatDecimal(book.flaggedProfit) }),
  };
}

/** An order that nothing has been filled of. */
export function orderRecordOf(order: Order, status: OrderStatus, statusReason: string | null): OrderRecord {
  return { ...order, status, statusReason, filledQuantity: '0', averagePrice: null };
}
