/** The ledger of one strategy instance: its cash, its position, and what it made. */
import { decimal, formatDecimal, multiply, type Decimal } from '../decimal.ts';
import { unitedFlags, type Flagged } from '../market-data/quality-flags.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Fill } from '../orders/order.ts';

/** Its flags are those of the fills that its open position comes of. */
export interface Book extends Flagged {
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly cash: Decimal;
  readonly quantity: Decimal;
  /** Cash paid for the open quantity, fees included. */
  readonly cost: Decimal;
  readonly realizedProfit: Decimal;
  readonly feesPaid: Decimal;
  readonly fills: number;
  /** Of these, what rests on flagged data. */
  readonly flaggedFills: number;
  /** Profit of round trips of which a fill was flagged. */
  readonly flaggedProfit: Decimal;
  /** Time and price of the fill that opened the position; null when flat. */
  readonly entry: { readonly timeMs: number; readonly price: Decimal } | null;
}

/** A position that was opened and is closed again, with the flags of its fills. */
export interface RoundTrip extends Flagged {
  readonly entryTimeMs: number;
  readonly entryPrice: Decimal;
  readonly exitTimeMs: number;
  readonly exitPrice: Decimal;
  readonly quantity: Decimal;
  /** Proceeds − cost, both with fees. */
  readonly profit: Decimal;
  readonly cost: Decimal;
}

export function openBook(
  accountId: string,
  strategyId: string,
  instrumentId: InstrumentId,
  cash: Decimal,
): Book {
  return {
    accountId,
    strategyId,
    instrumentId,
    cash,
    quantity: 0n,
    cost: 0n,
    realizedProfit: 0n,
    feesPaid: 0n,
    fills: 0,
    flaggedFills: 0,
    flaggedProfit: 0n,
    entry: null,
  };
}

export type BookingOutcome =
  | { readonly kind: 'booked'; readonly book: Book; readonly roundTrip: RoundTrip | null }
  /** The fill does not fit the book: selling what is not there. A bug or a foreign fill, never booked silently. */
  | { readonly kind: 'impossible'; readonly reason: string };

export function bookFill(book: Book, fill: Fill): BookingOutcome {
  return fill.side === 'BUY' ? bookBuy(book, fill) : bookSell(book, fill);
}

function bookBuy(book: Book, fill: Fill): BookingOutcome {
  const change = decimal(fill.cashChange);
  if (book.cash + change < 0n)
    return {
      kind: 'impossible',
      reason: `costs ${formatDecimal(-change)}, cash is ${formatDecimal(book.cash)}`,
    };
  return {
    kind: 'booked',
    roundTrip: null,
    book: {
      ...book,
      cash: book.cash + change,
      quantity: book.quantity + decimal(fill.quantity),
      cost: book.cost - change,
      feesPaid: book.feesPaid + decimal(fill.fee),
      ...countFill(book, fill),
      ...unitedFlags(book, fill),
      entry: book.entry ?? { timeMs: fill.timeMs, price: decimal(fill.price) },
    },
  };
}

function bookSell(book: Book, fill: Fill): BookingOutcome {
  const sold = decimal(fill.quantity);
  const proceeds = decimal(fill.cashChange);
  if (sold > book.quantity || book.entry === null) {
    return {
      kind: 'impossible',
      reason: `sells ${fill.quantity}, position is ${formatDecimal(book.quantity)}`,
    };
  }
  const cost = shareOfCost(book, sold);
  const quantity = book.quantity - sold;
  const profit = proceeds - cost;
  const { flags: _, ...unflagged } = book;
  const rested = unitedFlags(book, fill);
  return {
    kind: 'booked',
    roundTrip: {
      entryTimeMs: book.entry.timeMs,
      entryPrice: book.entry.price,
      exitTimeMs: fill.timeMs,
      exitPrice: decimal(fill.price),
      quantity: sold,
      profit,
      cost,
      ...rested,
    },
    book: {
      ...unflagged,
      ...(quantity === 0n ? {} : unitedFlags(book)),
      cash: book.cash + proceeds,
      quantity,
      cost: book.cost - cost,
      realizedProfit: book.realizedProfit + profit,
      feesPaid: book.feesPaid + decimal(fill.fee),
      ...countFill(book, fill),
      flaggedProfit: book.flaggedProfit + (rested.flags === undefined ? 0n : profit),
      entry: quantity === 0n ? null : book.entry,
    },
  };
}

/** A part of the position takes its part of the cost along; the last part takes what is left, so nothing is lost to rounding. */
export function shareOfCost({ quantity, cost }: Pick<Book, 'quantity' | 'cost'>, sold: Decimal): Decimal {
  return sold === quantity ? cost : (cost * sold) / quantity;
}

function countFill(book: Book, { flags }: Fill): Pick<Book, 'fills' | 'flaggedFills'> {
  return { fills: book.fills + 1, flaggedFills: book.flaggedFills + (flags === undefined ? 0 : 1) };
}

/** Cash plus the position at a price. */
export function equityOf(book: Book, price: Decimal): Decimal {
  return book.cash + multiply(book.quantity, price);
}
