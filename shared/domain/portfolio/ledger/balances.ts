/** What postings come to, by ledger account and currency. */
import { compareText } from '../../compare-text.ts';
import type { Decimal } from '../../decimal.ts';
import { LEDGER_ACCOUNTS, type LedgerAccount, type Posting } from './entry.ts';

export interface Balance {
  readonly account: LedgerAccount;
  readonly currency: string;
  readonly amount: Decimal;
}

/** By the name of the currency within each ledger account. */
export type Balances = ReadonlyMap<LedgerAccount, ReadonlyMap<string, Decimal>>;

export const NO_BALANCES: Balances = new Map();

export function posted(balances: Balances, postings: readonly Omit<Posting, 'subLedger'>[]): Balances {
  const after = new Map(balances);
  for (const { account, currency, amount } of postings) {
    const ofAccount = new Map(after.get(account));
    after.set(account, ofAccount.set(currency, (ofAccount.get(currency) ?? 0n) + amount));
  }
  return after;
}

export function balanceOf(balances: Balances, account: LedgerAccount, currency: string): Decimal {
  return balances.get(account)?.get(currency) ?? 0n;
}

/** Every balance that is not nothing: by currency, and within one in the order of the ledger accounts. */
export function listed(balances: Balances): readonly Balance[] {
  const currencies = [...new Set([...balances.values()].flatMap((ofAccount) => [...ofAccount.keys()]))];
  return currencies.sort(compareText).flatMap((currency) =>
    LEDGER_ACCOUNTS.flatMap((account) => {
      const amount = balanceOf(balances, account, currency);
      return amount === 0n ? [] : [{ account, currency, amount }];
    }),
  );
}

/** What all ledger accounts come to by currency, where that is not nothing: an entry or a ledger that does not balance. */
export function imbalancesOf(
  amounts: readonly Pick<Balance, 'currency' | 'amount'>[],
): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return new Map([...sums].filter(([, sum]) => sum !== 0n));
}
