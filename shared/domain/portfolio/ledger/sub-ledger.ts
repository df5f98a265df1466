/** The ledger of one strategy instance, entry by entry, and the book that its postings give. */
import { decimal, type Decimal } from '../../decimal.ts';
import { currenciesOf } from '../../market-data/instrument.ts';
import { unitedFlags, type Flagged, type QualityFlag } from '../../market-data/quality-flags.ts';
import type { Fill } from '../../orders/order.ts';
import type { Book } from '../book.ts';
import { balanceOf, NO_BALANCES, posted, type Balances } from './balances.ts';
import { budgetEntry, fillEntry, type Budget, type Entry } from './entry.ts';

export interface SubLedger {
  readonly budget: Budget;
  readonly balances: Balances;
  readonly fills: number;
  readonly flaggedFills: number;
  /** Of sales that rest on flagged fills. */
  readonly flaggedProfit: Decimal;
  /** The same by flag: a sale that rests on two of them is counted under both. */
  readonly profitByFlag: ReadonlyMap<QualityFlag, Decimal>;
  /** Of the open position; null when flat. */
  readonly open: (Flagged & { readonly timeMs: number; readonly price: Decimal }) | null;
}

export interface Opened {
  readonly entry: Entry;
  readonly ledger: SubLedger;
}

export function openSubLedger(budget: Budget): Opened {
  const entry = budgetEntry(budget);
  return {
    entry,
    ledger: {
      budget,
      balances: posted(NO_BALANCES, ownPostings(entry, budget.strategyId)),
      fills: 0,
      flaggedFills: 0,
      flaggedProfit: 0n,
      profitByFlag: new Map(),
      open: null,
    },
  };
}

export type Entered =
  ({ readonly kind: 'entered' } & Opened) | { readonly kind: 'impossible'; readonly reason: string };

/** @param fill of the instance, in the order of `compareFills` */
export function enterFill(ledger: SubLedger, fill: Fill): Entered {
  const outcome = fillEntry(holdingOf(ledger), fill);
  if (outcome.kind === 'impossible') return outcome;
  const { entry } = outcome;
  const balances = posted(ledger.balances, ownPostings(entry, ledger.budget.strategyId));
  const { quantity } = holdingOf({ ...ledger, balances });
  const { open } = ledger;
  const rested = unitedFlags(open ?? {}, fill);
  const profit = profitOf(balances, ledger) - profitOf(ledger.balances, ledger);
  const opened = open ?? { timeMs: fill.timeMs, price: decimal(fill.price) };
  // A sale says nothing about what is still held.
  const kept = fill.side === 'BUY' ? { ...opened, ...rested } : opened;
  return {
    kind: 'entered',
    entry,
    ledger: {
      ...ledger,
      balances,
      fills: ledger.fills + 1,
      flaggedFills: ledger.flaggedFills + (fill.flags === undefined ? 0 : 1),
      flaggedProfit: ledger.flaggedProfit + (rested.flags === undefined ? 0n : profit),
      profitByFlag: withProfit(ledger.profitByFlag, rested, profit),
      open: quantity === 0n ? null : kept,
    },
  };
}

function ownPostings({ postings }: Entry, strategyId: string): Entry['postings'] {
  return postings.filter(({ subLedger }) => subLedger === strategyId);
}

function holdingOf({
  budget,
  balances,
}: Pick<SubLedger, 'budget' | 'balances'>): Pick<Book, 'quantity' | 'cost'> {
  const { base, quote } = currenciesOf(budget.instrumentId);
  return {
    quantity: balanceOf(balances, 'position', base),
    cost: balanceOf(balances, 'exchange', quote),
  };
}

function profitOf(balances: Balances, { budget }: SubLedger): Decimal {
  return -balanceOf(balances, 'profit', currenciesOf(budget.instrumentId).quote);
}

function withProfit(
  profits: SubLedger['profitByFlag'],
  { flags = [] }: Flagged,
  profit: Decimal,
): SubLedger['profitByFlag'] {
  if (profit === 0n || flags.length === 0) return profits;
  const after = new Map(profits);
  for (const flag of flags) after.set(flag, (after.get(flag) ?? 0n) + profit);
  return after;
}

/** The book as the ledger has it: that which is kept beside it must be the same to the last digit. */
export function bookOfSubLedger(ledger: SubLedger): Book {
  const { budget, balances, open, fills, flaggedFills, flaggedProfit } = ledger;
  const { accountId, strategyId, instrumentId } = budget;
  const { quote } = currenciesOf(instrumentId);
  return {
    accountId,
    strategyId,
    instrumentId,
    ...holdingOf(ledger),
    cash: balanceOf(balances, 'cash', quote),
    realizedProfit: profitOf(balances, ledger),
    feesPaid: balanceOf(balances, 'fees', quote),
    fills,
    flaggedFills,
    flaggedProfit,
    ...unitedFlags(open ?? {}),
    entry: open === null ? null : { timeMs: open.timeMs, price: open.price },
  };
}
