/** The routes of accounts, with their examples. */
import * as z from 'zod';
import { plainAccount } from '../domain/accounts/account.ts';
import { accountIdText, accountRecord, accountRecordOf } from './account-records.ts';

/** What reads all of them reads them at once. */
export const MAX_ACCOUNTS = 50;

/** The paper account: there is always one. */
export const PAPER_ACCOUNT_ID = 'paper';

/** Of every route that is about one account. */
export const accountQuery = {
  account: accountIdText
    .default(PAPER_ACCOUNT_ID)
    .meta({ description: 'The account that it is about.', examples: [PAPER_ACCOUNT_ID] }),
};

export const accountView = accountRecord;
export const accountList = z.strictObject({ accounts: z.array(accountView) });

export const accountRoutes = {
  'GET /v1/accounts': {
    summary: 'All accounts, in order of name. The account `paper` is always there.',
    status: 200,
    response: accountList,
  },
  'POST /v1/accounts': {
    summary:
      'Opens an account with risk limits and a kill switch of its own. It never changes: asked for again as it is, it is shown, ' +
      `and otherwise refused. At ${MAX_ACCOUNTS} accounts no more are opened.`,
    body: accountRecord,
    status: 201,
    response: accountView,
    problems: [409],
  },
  'GET /v1/accounts/{accountId}': {
    summary: 'An account and how its orders fare.',
    path: z.strictObject({ accountId: accountIdText }),
    status: 200,
    response: accountView,
    problems: [404],
  },
} as const;

const plain = accountRecordOf(plainAccount(PAPER_ACCOUNT_ID));
const slower = {
  ...plain,
  accountId: 'slower',
  paper: { ...plain.paper, makerFee: '0.0002', latency: { baseMs: 40, jitterMs: 20, seed: 7 } },
};

export const accountExamples = {
  'GET /v1/accounts': { response: { accounts: [plain, slower] } },
  'POST /v1/accounts': {
    request: {
      accountId: 'slower',
      paper: { makerFee: '0.0002', latency: { baseMs: 40, jitterMs: 20, seed: 7 } },
    },
    response: slower,
  },
  'GET /v1/accounts/{accountId}': { response: slower },
};
