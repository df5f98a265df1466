/** The routes of risk: limits, rules, trading states and the kill switch. */
import { changeKillSwitchBody, killSwitchRecord } from './records.ts';
import { changeLimitsBody, limitsRecord } from './risk-limits.ts';
import { changeStateBody, rulesView, statesView } from './risk-views.ts';

export const riskRoutes = {
  'GET /v1/risk/limits': { summary: 'The risk limits of the account.', status: 200, response: limitsRecord },
  'PUT /v1/risk/limits': {
    summary: 'Sets risk limits of the account; those that are not named stay as they are.',
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
    summary:
      'What is halted or only reduced: accounts, strategies and instruments. What is not named is ACTIVE.',
    status: 200,
    response: statesView,
  },
  'PUT /v1/risk/states': {
    summary:
      'Halts an account, a strategy or an instrument, lets it only reduce, or makes it ACTIVE again. Orders already at ' +
      'the venue are not recalled.',
    body: changeStateBody,
    status: 200,
    response: statesView,
    problems: [409],
  },
  'GET /v1/risk/kill-switch': {
    summary: 'Whether trading is stopped, by whom and why.',
    status: 200,
    response: killSwitchRecord,
  },
  'PUT /v1/risk/kill-switch': {
    summary: 'Stops trading, or lets it go on. Orders already at the venue are not recalled.',
    body: changeKillSwitchBody,
    status: 200,
    response: killSwitchRecord,
  },
} as const;
