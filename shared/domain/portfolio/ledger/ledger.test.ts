import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BUDGETS, fillOfStep, ledgerSteps, type LedgerStep } from '../../../../test/support/ledger-steps.ts';
import { aFill } from '../../../../test/support/order.ts';
import { decimal, formatDecimal } from '../../decimal.ts';
import type { Fill } from '../../orders/order.ts';
import { bookFill, openBook, type Book } from '../book.ts';
import { AccountLedger } from './account-ledger.ts';
import { balanceOf, imbalancesOf, listed } from './balances.ts';
import { bookDifferences } from './book-differences.ts';
import { budgetEntry, capitalEntry, fillEntry, OWN_SUB_LEDGER, type Entry, type Posting } from './entry.ts';
import { compareFills } from './order-of-fills.ts';
import { bookOfSubLedger } from './sub-ledger.ts';

const FLAT = { quantity: 0n, cost: 0n };

function entered(held: Pick<Book, 'quantity' | 'cost'>, fill: Fill): Entry {
  const outcome = fillEntry(held, fill);
  if (outcome.kind !== 'entered') throw new Error(outcome.reason);
  return outcome.entry;
}

function shown({ postings }: Entry): string[] {
  return postings.map(({ account, currency, amount }) => `${account} ${formatDecimal(amount)} ${currency}`);
}

/** Books by the rule that the live ledger has, beside the double-entry one, over the same fills. */
function played(steps: readonly LedgerStep[]) {
  const ledger = new AccountLedger();
  const books = new Map<string, Book>();
  for (const budget of BUDGETS) {
    const { accountId, strategyId, instrumentId, capital } = budget;
    ledger.open(budget);
    books.set(strategyId, openBook(accountId, strategyId, instrumentId, capital));
  }
  const entries: Entry[] = [];
  steps.forEach((step, n) => {
    const fill = fillOfStep(step, n, (strategyId) => books.get(strategyId)!.quantity);
    if (fill === null) return;
    const outcome = bookFill(books.get(fill.strategyId)!, fill);
    if (outcome.kind !== 'booked') return;
    books.set(fill.strategyId, outcome.book);
    const done = ledger.enter(fill);
    if (done.kind !== 'entered') throw new Error(done.reason);
    entries.push(done.entry);
  });
  return { ledger, books, entries };
}

describe('an entry', () => {
  it('of a budget is a transfer from the account to the instance', () => {
    const [budget] = BUDGETS;
    const { postings } = budgetEntry(budget!);
    expect(postings.map(({ subLedger, account }) => [subLedger, account])).toEqual([
      [OWN_SUB_LEDGER, 'cash'],
      [OWN_SUB_LEDGER, 'budgets'],
      [budget!.strategyId, 'budget'],
      [budget!.strategyId, 'cash'],
    ]);
    expect(shown(capitalEntry('EUR', decimal('5')))).toEqual(['capital -5 EUR', 'cash 5 EUR']);
  });

  it('of a purchase exchanges cash for what was bought, and charges the fee to it', () => {
    const fill = aFill(1, { quantity: '2', notional: '200', fee: '0.2', cashChange: '-200.2' });
    expect(shown(entered(FLAT, fill))).toEqual([
      'exchange -2 BTC',
      'position 2 BTC',
      'cash -200 USDT',
      'exchange 200 USDT',
      'cash -0.2 USDT',
      'fees 0.2 USDT',
      'fees-charged -0.2 USDT',
      'exchange 0.2 USDT',
    ]);
  });

  it('of a sale takes out what it brought beyond the cost of what was sold', () => {
    const held = { quantity: decimal('2'), cost: decimal('200.2') };
    const fill = aFill(2, { side: 'SELL', price: '110', notional: '110', fee: '0', cashChange: '110' });
    expect(shown(entered(held, fill))).toEqual([
      'exchange 1 BTC',
      'position -1 BTC',
      'cash 110 USDT',
      'exchange -110 USDT',
      'profit -9.9 USDT',
      'exchange 9.9 USDT',
    ]);
  });

  it.each<[Partial<Fill>, string]>([
    [{ side: 'SELL', cashChange: '99.9' }, 'sells 1, position is 0'],
    [{ price: '101' }, 'price × quantity is 101, its notional 100'],
    [{ fee: '0.2' }, 'notional and fee change cash by -100.2, it says -100.1'],
  ])('is not made of a fill that cannot be: %j', (fields, reason) => {
    expect(fillEntry(FLAT, aFill(1, fields))).toEqual({ kind: 'impossible', reason });
  });

  it('balances to nothing in each currency, in each sub-ledger', () => {
    fc.assert(
      fc.property(ledgerSteps, (steps) => {
        const entries = [...played(steps).entries, ...BUDGETS.map(budgetEntry)];
        for (const { postings } of entries) {
          const bySubLedger = Map.groupBy<string, Posting>(postings, ({ subLedger }) => subLedger);
          for (const own of bySubLedger.values()) expect([...imbalancesOf(own)]).toEqual([]);
        }
      }),
    );
  });
});

describe('the ledger of an account', () => {
  it('gives the books that are kept beside it, to the last digit', () => {
    fc.assert(
      fc.property(ledgerSteps, (steps) => {
        const { ledger, books } = played(steps);
        for (const [strategyId, book] of books)
          expect(bookDifferences(book, bookOfSubLedger(ledger.of(strategyId)))).toEqual([]);
      }),
    );
  });

  it('is what its sub-ledgers add up to, and what the account gave is what the instances were given', () => {
    fc.assert(
      fc.property(ledgerSteps, fc.nat({ max: 3 }), (steps, removed) => {
        const { ledger } = played(steps);
        ledger.close(BUDGETS[removed]!.strategyId);
        expect(listed(ledger.sumOfSubLedgers)).toEqual(listed(ledger.balances));
        expect([...imbalancesOf(listed(ledger.balances))]).toEqual([]);
        for (const currency of ['USDT', 'BTC', 'EUR']) {
          const given = balanceOf(ledger.balances, 'budgets', currency);
          expect(given).toBe(-balanceOf(ledger.balances, 'budget', currency));
          expect(given).toBe(-balanceOf(ledger.balances, 'capital', currency));
        }
      }),
    );
  });

  it('keeps what is held at cost: nothing is left of it once all is sold, and fees are charged to the last unit', () => {
    fc.assert(
      fc.property(ledgerSteps, (steps) => {
        const { ledger, books } = played(steps);
        for (const book of books.values()) {
          const { balances } = ledger.of(book.strategyId);
          const [base, quote] = book.instrumentId.split(':')[1]!.split('-') as [string, string];
          expect(balanceOf(balances, 'exchange', base)).toBe(-book.quantity);
          if (book.quantity === 0n) expect(balanceOf(balances, 'exchange', quote)).toBe(0n);
          expect(balanceOf(balances, 'fees-charged', quote)).toBe(-book.feesPaid);
        }
      }),
    );
  });

  it('has profit by flag: a sale that rests on two flags is counted under each', () => {
    const ledger = new AccountLedger();
    const [budget] = BUDGETS;
    ledger.open(budget!);
    const { strategyId, instrumentId } = budget!;
    ledger.enter(aFill(1, { strategyId, instrumentId, flags: ['gap'] }));
    const sale = { side: 'SELL', price: '90', notional: '90', fee: '0', cashChange: '90' } as const;
    ledger.enter(aFill(2, { ...sale, strategyId, instrumentId, flags: ['spike'] }));
    const { profitByFlag, flaggedProfit } = ledger.of(strategyId);
    expect([...profitByFlag]).toEqual([
      ['gap', decimal('-10.1')],
      ['spike', decimal('-10.1')],
    ]);
    expect(flaggedProfit).toBe(decimal('-10.1'));
  });
});

describe('fills', () => {
  it('are entered by time, then by print as a number, then by order', () => {
    const fills = [
      aFill(1, { timeMs: 5, tradeId: '10' }),
      aFill(2, { timeMs: 5, tradeId: '9' }),
      aFill(3, { timeMs: 4, tradeId: '11' }),
      aFill(4, { timeMs: 5, tradeId: '10', clientOrderId: '00000000-0000-5000-8000-000000000000' }),
    ];
    const sorted = [...fills].sort(compareFills).map((fill) => fills.indexOf(fill) + 1);
    expect(sorted).toEqual([3, 2, 4, 1]);
  });
});

describe('a book', () => {
  it.each<[keyof Book, Partial<Book>, string[]]>([
    ['cash', { cash: 1n }, ['cash']],
    ['quantity', { quantity: 1n }, ['quantity']],
    ['cost', { cost: 1n }, ['cost']],
    ['realizedProfit', { realizedProfit: 1n }, ['realizedProfit']],
    ['feesPaid', { feesPaid: 1n }, ['feesPaid']],
    ['fills', { fills: 1 }, ['fills']],
    ['flaggedFills', { flaggedFills: 1 }, ['flaggedFills']],
    ['flaggedProfit', { flaggedProfit: 1n }, ['flaggedProfit']],
    ['flags', { flags: ['gap'] }, ['flags']],
    ['entry', { entry: { timeMs: 1, price: 1n } }, ['entryTimeMs', 'entryPrice']],
    ['instrumentId', { instrumentId: 'binance:ETH-USDT' }, ['instrumentId']],
    ['accountId', { accountId: 'other' }, ['accountId']],
  ])('differs by its %s', (_, fields, whats) => {
    const book = openBook('paper', 'strategy', 'binance:BTC-USDT', 0n);
    expect(bookDifferences({ ...book, ...fields }, book).map(({ what }) => what)).toEqual(whats);
  });
});
