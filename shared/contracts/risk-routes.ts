/** The routes of risk: limits, rules, trading states and the kill switch. */
import * as z from 'zod';
import { accountQuery } from './account-routes.ts';
import { changeKillSwitchBody, killSwitchRecord } from './records.ts';
import { changeLimitsBody, limitsRecord } from './risk-limits.ts';
import { changeStateBody, rulesView, statesView } from './risk-views.ts';

/** An account that is not there has none. */
const ofAccount = { query: z.strictObject(accountQuery), problems: [404] } as const;

export const riskRoutes = {
  'GET /v1/risk/limits': {
    summary: 'The risk limits of an account.',
    ...ofAccount,
    status: 200,
    response: limitsRecord,
  },
  'PUT /v1/risk/limits': {
    ...ofAccount,
    summary: 'Sets risk limits of an account; those that are not named stay as they are.',
    body: changeLimitsBody,
    status: 200,
    response: limitsRecord,
  },
  'GET /v1/risk/rules': {
    summary: 'The risk rules: what each holds back, how its limit is written, and its default.',
    status: 200,
    response: rulesView,
  },
  'GET /v1/risk/states': {
    ...ofAccount,
    summary:
      'What is halted or only reduced: accounts, strategies and instruments. What is not named is ACTIVE.',
    status: 200,
    response: statesView,
  },
  'PUT /v1/risk/states': {
    ...ofAccount,
    summary:
      'Halts an account, a strategy or an instrument, lets it only reduce, or makes it ACTIVE again. Orders already at ' +
      'the venue are not recalled.',
    body: changeStateBody,
    status: 200,
    response: statesView,
    problems: [404, 409],
  },
  'GET /v1/risk/kill-switch': {
    ...ofAccount,
    summary: 'Whether trading on an account is stopped, by whom and why.',
    status: 200,
    response: killSwitchRecord,
  },
  'PUT /v1/risk/kill-switch': {
    ...ofAccount,
    summary: 'Stops trading on an account, or lets it go on. Orders already at the venue are not recalled.',
    body: changeKillSwitchBody,
    status: 200,
    response: killSwitchRecord,
  },
} as const;
