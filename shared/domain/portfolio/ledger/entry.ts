/**
 * The double-entry ledger of an account: whatever happens to its money becomes an entry, whose postings come to nothing in
 * each currency, and in each sub-ledger. A sub-ledger is the account's own, or that of a strategy instance. What an
 * instance has is positive; where that comes from is negative.
 */
import { decimal, formatDecimal, multiply, type Decimal } from '../../decimal.ts';
import { currenciesOf, type InstrumentId } from '../../market-data/instrument.ts';
import type { Fill } from '../../orders/order.ts';
import { shareOfCost, type Book } from '../book.ts';

export const LEDGER_ACCOUNTS = [
  /** What the account was opened with, in its own sub-ledger. */
  'capital',
  /** In the account's own sub-ledger: what its instances were given. */
  'budgets',
  /** In that of an instance: what the account gave it. Both together are always nothing. */
  'budget',
  /** What there is to spend, in the quote currency. */
  'cash',
  /** What is held of the base currency. */
  'position',
  /** What the market gave, in the base currency (negative), and what that cost with all fees, in the quote currency. */
  'exchange',
  /** All that was paid of them. */
  'fees',
  /** What of them was charged to what was exchanged, which is all: the other side of that. */
  'fees-charged',
  /** What sales brought beyond the cost of what was sold, both with fees: negative where it is a profit. */
  'profit',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** The account's own sub-ledger; any other has the id of its strategy instance. */
export const OWN_SUB_LEDGER = 'account';

export interface Posting {
  readonly subLedger: string;
  readonly account: LedgerAccount;
  readonly currency: string;
  readonly amount: Decimal;
}

export type Entry =
  | { readonly kind: 'capital'; readonly postings: readonly Posting[] }
  | { readonly kind: 'budget'; readonly strategyId: string; readonly postings: readonly Posting[] }
  | { readonly kind: 'fill'; readonly fill: Fill; readonly postings: readonly Posting[] };

/** What an instance may use, given to it when it was made. */
export interface Budget {
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  /** In the quote currency of its instrument. */
  readonly capital: Decimal;
}

/** What the account is opened with. */
export function capitalEntry(currency: string, amount: Decimal): Entry {
  return { kind: 'capital', postings: moved(OWN_SUB_LEDGER, currency, 'capital', 'cash', amount) };
}

/** A transfer: what the account gives away, the instance has. */
export function budgetEntry({ strategyId, instrumentId, capital }: Budget): Entry {
  const { quote } = currenciesOf(instrumentId);
  return {
    kind: 'budget',
    strategyId,
    postings: [
      ...moved(OWN_SUB_LEDGER, quote, 'cash', 'budgets', capital),
      ...moved(strategyId, quote, 'budget', 'cash', capital),
    ],
  };
}

export type FillEntry =
  | { readonly kind: 'entered'; readonly entry: Entry & { readonly kind: 'fill' } }
  /** It sells what is not there, or its own amounts do not agree with one another. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * What a fill moves: it is exchanged at its notional, its fee is paid and charged to what was exchanged, and what a sale
 * brings beyond its share of the cost is taken out as profit. So `exchange` stays what is held, at cost.
 * @param held of its instance, before it
 */
export function fillEntry(held: Pick<Book, 'quantity' | 'cost'>, fill: Fill): FillEntry {
  const [quantity, notional, fee] = [decimal(fill.quantity), decimal(fill.notional), decimal(fill.fee)];
  const reason = disagreementIn(fill) ?? shortage(held, fill);
  if (reason !== null) return { kind: 'impossible', reason };
  const { base, quote } = currenciesOf(fill.instrumentId);
  const { strategyId } = fill;
  const isPurchase = fill.side === 'BUY';
  const [bought, paid] = isPurchase ? [quantity, notional] : [-quantity, -notional];
  const profit = isPurchase ? 0n : notional - fee - shareOfCost(held, quantity);
  const postings = [
    ...moved(strategyId, base, 'exchange', 'position', bought),
    ...moved(strategyId, quote, 'cash', 'exchange', paid),
    ...moved(strategyId, quote, 'cash', 'fees', fee),
    ...moved(strategyId, quote, 'fees-charged', 'exchange', fee),
    ...moved(strategyId, quote, 'profit', 'exchange', profit),
  ];
  return { kind: 'entered', entry: { kind: 'fill', fill, postings } };
}

function disagreementIn({ side, price, quantity, notional, fee, cashChange }: Fill): string | null {
  const product = multiply(decimal(price), decimal(quantity));
  if (product !== decimal(notional))
    return `price × quantity is ${formatDecimal(product)}, its notional ${notional}`;
  const change = (side === 'BUY' ? -product : product) - decimal(fee);
  if (change !== decimal(cashChange))
    return `notional and fee change cash by ${formatDecimal(change)}, it says ${cashChange}`;
  return null;
}

function shortage({ quantity }: Pick<Book, 'quantity'>, fill: Fill): string | null {
  if (fill.side === 'BUY' || decimal(fill.quantity) <= quantity) return null;
  return `sells ${fill.quantity}, position is ${formatDecimal(quantity)}`;
}

/** Two postings that are nothing together; none where nothing moves. */
function moved(
  subLedger: string,
  currency: string,
  from: LedgerAccount,
  to: LedgerAccount,
  amount: Decimal,
): readonly Posting[] {
  if (amount === 0n) return [];
  return [
    { subLedger, account: from, currency, amount: -amount },
    { subLedger, account: to, currency, amount },
  ];
}
