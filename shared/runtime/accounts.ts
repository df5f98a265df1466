/** Accounts as they lie in their table. */
import { accountOf, accountRecord, accountRecordOf } from '../contracts/account-records.ts';
import { MAX_ACCOUNTS } from '../contracts/account-routes.ts';
import {
  accountKey,
  ACCOUNTS_PARTITION,
  accountsIndex,
  killSwitchKey,
  limitsKey,
} from '../contracts/record-keys.ts';
import { INITIAL_KILL_SWITCH, PAPER_ACCOUNT_ID, type KillSwitchRecord } from '../contracts/records.ts';
import { plainAccount, type Account } from '../domain/accounts/account.ts';
import { DEFAULT_LIMITS } from '../domain/risk/rules.ts';
import { ConditionFailed, type PutWrite, type StateStore } from '../ports/state-store.ts';
import type { Refusal } from './rest-outcome.ts';

/** @returns null: there is no such account. The account `paper` is there before it is opened, which the first strategy does. */
export async function readAccount(state: StateStore, accountId: string): Promise<Account | null> {
  const item = await state.get('orders', accountKey(accountId));
  if (item === null) return accountId === PAPER_ACCOUNT_ID ? plainAccount(accountId) : null;
  return accountOf(accountRecord.parse(item.value));
}

export function unknownAccount(accountId: string): Refusal {
  return { kind: 'not-found', detail: `no account ${accountId}` };
}

/** @returns whether somebody may ask about it. The account of nearly every request costs no read. */
export async function isKnownAccount(state: StateStore, accountId: string): Promise<boolean> {
  return accountId === PAPER_ACCOUNT_ID || (await state.get('orders', accountKey(accountId))) !== null;
}

/** All accounts, in order of their id. */
export async function readAccounts(state: StateStore): Promise<readonly Account[]> {
  // As many as there may be and some more, since the bound is approximate on AWS.
  const page = await state.queryIndex('orders', ACCOUNTS_PARTITION, { limit: 2 * MAX_ACCOUNTS });
  const stored = page.items.map(({ value }) => accountOf(accountRecord.parse(value)));
  if (stored.some(({ accountId }) => accountId === PAPER_ACCOUNT_ID)) return stored;
  return [...stored, plainAccount(PAPER_ACCOUNT_ID)].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
}

/**
 * All of a new account in one transaction, since run-desk denies whatever it cannot read.
 * @returns false: there is an account of this id, and nothing is changed.
 */
export async function openAccount(state: StateStore, account: Account, nowMs: number): Promise<boolean> {
  try {
    await state.transact(openingWrites(account, nowMs));
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

/**
 * A plain account, if there is none of this id, or what of it is missing: folders from before accounts were records have limits and
 * a kill switch without one. What is there stays as it is.
 */
export async function ensureAccount(state: StateStore, accountId: string, nowMs: number): Promise<void> {
  for (const write of openingWrites(plainAccount(accountId), nowMs)) {
    if ((await state.get('orders', write)) !== null) continue;
    try {
      await state.write(write);
    } catch (error) {
      // Somebody else opened the account at the same moment.
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}

/** The account last: whoever finds it finds what stops it. */
function openingWrites(account: Account, nowMs: number): readonly PutWrite[] {
  const { accountId } = account;
  const killSwitch: KillSwitchRecord = { ...INITIAL_KILL_SWITCH, atMs: nowMs };
  const absent = { kind: 'put', table: 'orders', condition: { kind: 'absent' } } as const;
  return [
    { ...absent, ...limitsKey(accountId), value: DEFAULT_LIMITS },
    { ...absent, ...killSwitchKey(accountId), value: killSwitch },
    {
      ...absent,
      ...accountKey(accountId),
      value: accountRecordOf(account),
      index: accountsIndex(accountId),
    },
  ];
}
