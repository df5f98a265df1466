/** Examples of the routes of risk; api-examples.ts has the others. */
import { DEFAULT_LIMITS } from '../domain/risk/rules.ts';
import { viewOfRules } from './risk-views.ts';

const changedLimits = { maxPositionNotional: '20000', maxDailyLossRatio: 0.2 };
const limits = { ...DEFAULT_LIMITS, ...changedLimits };
const killSwitch = { engaged: true, reason: 'the feed looks wrong', by: 'alice', atMs: 1723161700000 };

const haltedInstrument = {
  scope: 'instrument',
  name: 'binance:BTC-USDT',
  state: 'HALTED',
  ...{ reason: killSwitch.reason, by: 'alice', atMs: 1723161700000, untilMs: 1723165300000 },
};

export const riskExamples = {
  'GET /v1/risk/limits': { response: limits },
  'PUT /v1/risk/limits': { request: changedLimits, response: limits },
  'GET /v1/risk/rules': { response: viewOfRules() },
  'GET /v1/risk/states': { response: { states: [haltedInstrument] } },
  'PUT /v1/risk/states': {
    request: {
      scope: 'instrument',
      name: 'binance:BTC-USDT',
      state: 'HALTED',
      reason: killSwitch.reason,
      untilMs: haltedInstrument.untilMs,
    },
    response: { states: [haltedInstrument] },
  },
  'GET /v1/risk/kill-switch': { response: killSwitch },
  'PUT /v1/risk/kill-switch': { request: { engaged: true, reason: killSwitch.reason }, response: killSwitch },
};
