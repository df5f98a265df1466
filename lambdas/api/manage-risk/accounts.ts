import type { BodyOf } from '../../../shared/contracts/api.ts';
import { accountOf, accountRecordOf } from '../../../shared/contracts/account-records.ts';
import { MAX_ACCOUNTS } from '../../../shared/contracts/account-routes.ts';
import { PAPER_ACCOUNT_ID } from '../../../shared/contracts/records.ts';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import {
  ensureAccount,
  openAccount,
  readAccount,
  readAccounts,
  unknownAccount,
} from '../../../shared/runtime/accounts.ts';
import { log } from '../../../shared/runtime/log.ts';
import type { RestHandlers, RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

type AccountRoute = 'GET /v1/accounts' | 'POST /v1/accounts' | 'GET /v1/accounts/{accountId}';

/** Accounts: opened with limits and a kill switch of their own, and never changed. */
export function accountHandlers(
  state: StateStore,
  nowMs: () => number,
): Pick<RestHandlers<'manage-risk'>, AccountRoute> {
  return {
    'GET /v1/accounts': async () => ({
      kind: 'done',
      body: { accounts: (await readAccounts(state)).map(accountRecordOf) },
    }),
    'POST /v1/accounts': async ({ body, subject }) => open(state, body, subject, nowMs()),
    'GET /v1/accounts/{accountId}': async ({ path }) => {
      const account = await readAccount(state, path.accountId);
      return account === null
        ? unknownAccount(path.accountId)
        : { kind: 'done', body: accountRecordOf(account) };
    },
  };
}

async function open(
  state: StateStore,
  body: BodyOf<'POST /v1/accounts'>,
  by: string,
  nowMs: number,
): Promise<RestOutcome<'POST /v1/accounts'>> {
  const { accountId } = body;
  if (accountId === PAPER_ACCOUNT_ID) await ensureAccount(state, accountId, nowMs);
  const accounts = await readAccounts(state);
  // Approximate on AWS, as the bound of strategies is: a guard against a runaway client.
  if (accounts.length >= MAX_ACCOUNTS && !accounts.some((account) => account.accountId === accountId)) {
    return { kind: 'conflict', detail: `there are ${MAX_ACCOUNTS} accounts, and no more are opened` };
  }
  if (await openAccount(state, accountOf(body), nowMs)) log.warn('account opened', { by, ...body });
  const account = await readAccount(state, accountId);
  if (account === null || canonicalJson(accountRecordOf(account)) !== canonicalJson(body)) {
    return { kind: 'conflict', detail: `account ${accountId} is there with other terms, and never changes` };
  }
  return { kind: 'done', body: accountRecordOf(account), location: `/v1/accounts/${accountId}` };
}
