import { fillKey } from '../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord } from '../../shared/contracts/records.ts';
import { decimal, formatDecimal, type Decimal } from '../../shared/domain/decimal.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';
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

/** An order has filled by as much as its fills in the ledger, after every commit, and is FILLED with all of it. */
export function filledAsBooked(): Law {
  const booked = new Map<string, Decimal>();
  return {
    name: 'an order has filled by what is booked',
    onWrites: (writes) => {
      for (const { value } of putsOf(writes, 'portfolio', 'FILL', 'FILL')) {
        const { clientOrderId, quantity } = value as Fill;
        booked.set(clientOrderId, (booked.get(clientOrderId) ?? 0n) + decimal(quantity));
      }
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const wrong = differenceOf(value as OrderRecord, booked);
        if (wrong !== null) return wrong;
      }
      return null;
    },
    atEnd: ({ stores }) => {
      for (const order of recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER')) {
        const wrong = differenceOf(order, booked);
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

function differenceOf(order: OrderRecord, booked: ReadonlyMap<string, Decimal>): string | null {
  const { clientOrderId, status, quantity, filledQuantity } = order;
  const ofFills = formatDecimal(booked.get(clientOrderId) ?? 0n);
  if (ofFills !== filledQuantity)
    return `order ${clientOrderId} is ${status} with ${filledQuantity} filled; ${ofFills} booked`;
  // One that spends what there is names none.
  return status === 'FILLED' && quantity !== null && ofFills !== quantity
    ? `order ${clientOrderId} of ${quantity} is FILLED with ${ofFills}`
    : null;
}

/** What the venue says it filled is in the ledger. */
export function fillsAreBooked(): Law {
  return {
    name: 'what the venue filled is booked',
    atEnd: ({ stores }) => {
      for (const report of recordsOf<WrittenReport>(stores, 'orders', 'ORDER', 'REPORT')) {
        if (report.kind !== 'filled') continue;
        const { fill } = report;
        if (stores.state.peek('portfolio', fillKey(fill.fillId)) === null)
          return `fill ${fill.fillId} of order ${fill.clientOrderId} is not in the ledger`;
      }
      return null;
    },
  };
}
