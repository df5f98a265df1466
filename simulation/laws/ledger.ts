import { fillKey } from '../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord } from '../../shared/contracts/records.ts';
import { decimal, formatDecimal, type Decimal } from '../../shared/domain/decimal.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import { putsOf, recordsOf, type Law } from '../fabric/watch.ts';

interface Sums {
  /** That the book was opened with; null: it has not been written yet. */
  capital: Decimal | null;
  cash: Decimal;
  quantity: Decimal;
  fills: number;
}

/** A book holds its capital and its fills, to the last digit, after every commit; nothing is spent twice. */
export function booksBalance(): Law {
  const sums = new Map<string, Sums>();
  return {
    name: 'a book is the sum of its fills',
    onWrites: (writes) => {
      for (const { value } of putsOf(writes, 'portfolio', 'FILL', 'FILL')) addFill(sums, value as Fill);
      for (const { value } of putsOf(writes, 'portfolio', 'STRATEGY', 'BOOK')) {
        const wrong = complaint(sums, value as BookRecord);
        if (wrong !== null) return wrong;
      }
      return null;
    },
    atEnd: ({ stores }) => {
      for (const book of recordsOf<BookRecord>(stores, 'portfolio', 'STRATEGY', 'BOOK')) {
        const wrong = complaint(sums, book);
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

function addFill(sums: Map<string, Sums>, { strategyId, side, quantity, cashChange }: Fill): void {
  const sum = sumsOf(sums, strategyId);
  sum.cash += decimal(cashChange);
  sum.quantity += side === 'BUY' ? decimal(quantity) : -decimal(quantity);
  sum.fills++;
}

function sumsOf(sums: Map<string, Sums>, strategyId: string): Sums {
  let sum = sums.get(strategyId);
  if (sum === undefined) sums.set(strategyId, (sum = { capital: null, cash: 0n, quantity: 0n, fills: 0 }));
  return sum;
}

function complaint(sums: Map<string, Sums>, book: BookRecord): string | null {
  const { strategyId } = book;
  const sum = sumsOf(sums, strategyId);
  const capital = (sum.capital ??= decimal(book.cash));
  const cash = formatDecimal(capital + sum.cash);
  const quantity = formatDecimal(sum.quantity);
  if (book.cash !== cash || book.quantity !== quantity || book.fills !== sum.fills)
    return `book ${strategyId}: ${book.fills} fills, cash ${book.cash}, ${book.quantity} held; its fills: ${sum.fills}, ${cash}, ${quantity}`;
  if (capital + sum.cash < 0n) return `book ${strategyId}: cash ${cash}`;
  if (sum.quantity < 0n) return `book ${strategyId}: ${quantity} held`;
  return null;
}

/** An order counts as filled once its fill is in the ledger, never before, and by as much as its fills. */
export function filledOnceBooked(): Law {
  return {
    name: 'an order is filled once its fill is booked',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const order = value as OrderRecord;
        if (order.status !== 'FILLED') continue;
        const fills = fillsOf(recordsOf<Fill>(stores, 'portfolio', 'FILL', 'FILL'), order.clientOrderId);
        if (fills.length === 0) return `order ${order.clientOrderId} is FILLED, and no fill of it is booked`;
      }
      return null;
    },
    atEnd: ({ stores }) => {
      const fills = recordsOf<Fill>(stores, 'portfolio', 'FILL', 'FILL');
      for (const order of recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER')) {
        const booked = fillsOf(fills, order.clientOrderId).reduce(
          (sum, fill) => sum + decimal(fill.quantity),
          0n,
        );
        if (formatDecimal(booked) !== order.filledQuantity)
          return `order ${order.clientOrderId} is ${order.status} with ${order.filledQuantity} filled; ${formatDecimal(booked)} booked`;
      }
      return null;
    },
  };
}

function fillsOf(fills: readonly Fill[], clientOrderId: string): readonly Fill[] {
  return fills.filter((fill) => fill.clientOrderId === clientOrderId);
}

/** What the venue says it filled is in the ledger. */
export function fillsAreBooked(): Law {
  return {
    name: 'what the venue filled is booked',
    atEnd: ({ stores }) => {
      const reports = recordsOf<{ detailType: string; detail: { fill?: Fill } }>(
        stores,
        'orders',
        'ORDER',
        'REPORT',
      );
      for (const { detail } of reports) {
        const { fill } = detail;
        if (fill === undefined) continue;
        if (stores.state.peek('portfolio', fillKey(fill.fillId)) === null)
          return `fill ${fill.fillId} of order ${fill.clientOrderId} is not in the ledger`;
      }
      return null;
    },
  };
}
