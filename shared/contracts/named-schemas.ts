/** The names that schemas have in the OpenAPI document. */
import type * as z from 'zod';
import { accountList, accountView } from './account-routes.ts';
import { openApiView } from './api.ts';
import { barPage } from './bar-views.ts';
import { runPage, runView, submitBacktestBody } from './backtest-views.ts';
import { fill, orderView } from './events.ts';
import { givenUpList, redriveGivenUpBody, redrivenList } from './given-up-views.ts';
import { healthView, livenessView, metricsText } from './health-view.ts';
import {
  bookPage,
  candlePage,
  correlationsView,
  instrumentPage,
  priceView,
  quotePage,
} from './market-views.ts';
import { fillPage, orderPage } from './order-views.ts';
import { portfolioView } from './portfolio-views.ts';
import { qualityPage } from './quality-views.ts';
import { quarantinePage, quarantineView, redriveBody } from './quarantine-views.ts';
import { changeKillSwitchBody, killSwitchRecord } from './records.ts';
import { changeLimitsBody, limitsRecord } from './risk-limits.ts';
import { changeStateBody, rulesView, statesView } from './risk-views.ts';
import { callerView } from './roles.ts';
import { socketTicket } from './socket-messages.ts';
import {
  changeStrategyBody,
  createStrategyBody,
  strategyDetail,
  strategyPage,
  strategyView,
} from './strategy-views.ts';

/** Every schema with a name in the OpenAPI document. */
export const namedSchemas: readonly (readonly [name: string, schema: z.ZodType])[] = [
  ['OpenApiDocument', openApiView],
  ['Liveness', livenessView],
  ['Caller', callerView],
  ['Health', healthView],
  ['Metrics', metricsText],
  ['Price', priceView],
  ['CandlePage', candlePage],
  ['BarPage', barPage],
  ['QuotePage', quotePage],
  ['BookPage', bookPage],
  ['QualityPage', qualityPage],
  ['Correlations', correlationsView],
  ['InstrumentPage', instrumentPage],
  ['Strategy', strategyView],
  ['StrategyDetail', strategyDetail],
  ['StrategyPage', strategyPage],
  ['Order', orderView],
  ['OrderPage', orderPage],
  ['Portfolio', portfolioView],
  ['Account', accountView],
  ['AccountList', accountList],
  ['Fill', fill],
  ['FillPage', fillPage],
  ['RiskLimits', limitsRecord],
  ['RiskRules', rulesView],
  ['TradingStates', statesView],
  ['KillSwitch', killSwitchRecord],
  ['QuarantinedItem', quarantineView],
  ['QuarantinePage', quarantinePage],
  ['BacktestRun', runView],
  ['BacktestRunPage', runPage],
  ['SocketTicket', socketTicket],
  ['CreateStrategy', createStrategyBody],
  ['ChangeStrategy', changeStrategyBody],
  ['ChangeRiskLimits', changeLimitsBody],
  ['ChangeTradingState', changeStateBody],
  ['ChangeKillSwitch', changeKillSwitchBody],
  ['Redrive', redriveBody],
  ['GivenUpList', givenUpList],
  ['RedriveGivenUp', redriveGivenUpBody],
  ['RedrivenList', redrivenList],
  ['SubmitBacktest', submitBacktestBody],
];
