/** One request and one answer of each route, as the OpenAPI document shows them; a test holds them against the contracts. */
import { accountExamples } from './account-routes.ts';
import { barExample } from './bar-views.ts';
import { bookExamples } from './book-examples.ts';
import type { RouteKey } from './api.ts';
import { riskExamples } from './risk-examples.ts';
import { statusExample } from './status-example.ts';

export interface RouteExample {
  readonly request?: unknown;
  readonly response?: unknown;
}

const strategyId = '3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11';
const clientOrderId = '9d8a3c52-0b6f-5a4e-8a77-2f1f0d5b6e21';
const signalId = 'b1c7e0d4-52a8-5f3b-9c1d-7e6a4f8b3d90';
const instrumentId = 'binance:BTC-USDT';

const strategy = {
  strategyId,
  accountId: 'paper',
  name: 'ma-crossover',
  params: { fastPeriod: 5, slowPeriod: 20 },
  instrumentId,
  interval: '1m',
  capital: '10000',
  feeRate: '0.001',
  slippage: '0',
  latencyMs: null,
  status: 'RUNNING',
  waiting: null,
};

const position = {
  accountId: 'paper',
  strategyId,
  instrumentId,
  quantity: '0.1615',
  cash: '3.0625',
  cost: '9996.9375',
  realizedProfit: '0',
  feesPaid: '9.986951',
  fills: 1,
  entryTimeMs: 1723161600120,
  entryPrice: '61837.63',
};

const candle = {
  instrumentId,
  interval: '1m',
  openTimeMs: 1723161600000,
  open: '61837.63',
  high: '61840',
  low: '61801.12',
  close: '61812.4',
  volume: '12.30517',
  quoteVolume: '760702.118843',
  takerBuyVolume: '5.90211',
  tradeCount: 1403,
  firstTradeId: '3734520117',
  lastTradeId: '3734521519',
  closed: true,
  complete: true,
};

const order = {
  clientOrderId,
  signalId,
  accountId: 'paper',
  strategyId,
  instrumentId,
  side: 'BUY',
  type: 'MARKET',
  quantity: null,
  quoteQuantity: '10000',
  feeRate: '0.001',
  slippage: '0',
  effectiveTimeMs: 1723161600000,
  expiresAtMs: 1723161660000,
  status: 'FILLED',
  statusReason: null,
  filledQuantity: '0.1615',
  averagePrice: '61837.63',
};

const fill = {
  fillId: '52f0b8d6-6d4e-5c0c-8b0a-1f3a7c9e2d44',
  clientOrderId,
  accountId: 'paper',
  strategyId,
  instrumentId,
  side: 'BUY',
  price: '61837.63',
  quantity: '0.1615',
  notional: '9986.777245',
  fee: '9.986778',
  cashChange: '-9996.764023',
  tradeId: '3734520117',
  timeMs: 1723161600120,
};

const quarantined = {
  id: 'd0a9a1f3-6c55-5f0b-8f9e-0a4a7f1d3b52',
  status: 'REDRIVEN',
  kind: 'trade',
  cause: 'price: expected a decimal above zero, got "-1"',
  payload: `{"instrumentId":"${instrumentId}","row":[0,"3734520118","-1","0.01","B",1723161600120,1723161600370]}`,
  instrumentId,
  lane: 'binance#2',
  functionName: 'store-trades',
  quarantinedAtMs: 1723161600400,
  redrivenAtMs: 1723161800000,
  fix: { price: '61837.64' },
};

const backtest = {
  strategy: 'ma-crossover',
  grid: { fastPeriod: [5, 10], slowPeriod: [20, 50] },
  instrumentId,
  interval: '1m',
  fromMs: 1723161600000,
  toMs: 1723248000000,
  capital: '10000',
  feeRate: '0.001',
  slippage: '0',
};

const run = {
  runId: '0c7f2b1a-9e4d-5b38-a5c6-d1e2f3a4b5c6',
  status: 'SUCCEEDED',
  submittedAtMs: 1723250000000,
  finishedAtMs: 1723250004000,
  request: backtest,
  combinations: 4,
  candles: 1440,
  best: [
    {
      params: { fastPeriod: 10, slowPeriod: 50 },
      finalEquity: '10120.4',
      totalReturn: 0.01204,
      maxDrawdown: -0.031,
      sharpe: null,
      trades: 7,
    },
  ],
  cause: null,
};

const page = (item: unknown) => ({ items: [item], next: null });

export const examples: Readonly<Record<RouteKey, RouteExample>> = {
  'GET /openapi.json': {},
  'GET /v1/health': { response: { status: 'ok' } },
  'GET /v1/caller': {
    response: { subject: 'alice', role: 'viewer', routes: ['GET /v1/caller', 'GET /v1/orders'] },
  },
  'GET /v1/status': { response: statusExample },
  'GET /metrics': {
    response: [
      '# HELP millrace_trades_stored_total Trades written to ClickHouse.',
      '# TYPE millrace_trades_stored_total counter',
      'millrace_trades_stored_total{venue="binance"} 19904',
      '',
    ].join('\n'),
  },
  'GET /v1/prices/{pair}': { response: { instrumentId, price: '61812.4', timeMs: 1723161660000 } },
  'GET /v1/candles/{pair}': { response: page(candle) },
  'GET /v1/bars/{pair}': barExample,
  ...bookExamples,
  'GET /v1/correlations': {
    response: {
      interval: '1m',
      fromMs: 1723158060000,
      toMs: 1723161720000,
      instruments: [instrumentId, 'binance:ETH-USDT'],
      coefficients: [
        [1, 0.83],
        [0.83, 1],
      ],
      observations: [
        [60, 60],
        [60, 60],
      ],
    },
  },
  'GET /v1/instruments': {
    response: page({
      instrumentId,
      exchange: 'binance',
      pair: 'BTC-USDT',
      listing: {
        fromMs: 1723161600000,
        symbol: 'BTCUSDT',
        status: 'trading',
        priceStep: '0.01',
        quantityStep: '0.00001',
        leastQuantity: '0.00001',
        leastNotional: '5',
      },
    }),
  },
  'GET /v1/strategies': { response: page(strategy) },
  'POST /v1/strategies': {
    request: {
      name: 'ma-crossover',
      params: { fastPeriod: 5, slowPeriod: 20 },
      instrumentId,
      interval: '1m',
    },
    response: strategy,
  },
  'GET /v1/strategies/{strategyId}': {
    response: {
      ...strategy,
      progress: { lastCandleOpenTimeMs: 1723161600000 },
      position,
      orderInFlight: null,
    },
  },
  'PUT /v1/strategies/{strategyId}': {
    request: { status: 'PAUSED' },
    response: { ...strategy, status: 'PAUSED' },
  },
  'DELETE /v1/strategies/{strategyId}': {},
  'GET /v1/orders': { response: page(order) },
  'GET /v1/orders/{clientOrderId}': { response: order },
  'GET /v1/portfolio': {
    response: {
      accountId: 'paper',
      totals: [
        {
          quoteCurrency: 'USDT',
          cash: '3.0625',
          value: '9982.7026',
          equity: '9985.7651',
          realizedProfit: '0',
          unrealizedProfit: '-14.2349',
          feesPaid: '9.986951',
        },
      ],
      positions: [
        {
          ...position,
          markPrice: '61812.4',
          markTimeMs: 1723161660000,
          value: '9982.7026',
          unrealizedProfit: '-14.2349',
          equity: '9985.7651',
        },
      ],
    },
  },
  'GET /v1/fills': { response: page(fill) },
  ...accountExamples,
  ...riskExamples,
  'GET /v1/quarantine': {
    response: page({ ...quarantined, status: 'QUARANTINED', redrivenAtMs: null, fix: null }),
  },
  'POST /v1/quarantine/{id}/redrive': { request: { fix: quarantined.fix }, response: quarantined },
  'GET /v1/given-up': {
    response: {
      items: [
        {
          kind: 'record',
          function: 'store-trades',
          id: 'trades/1041',
          cause: 'connect ECONNREFUSED',
          attempts: 10,
          givenUpAtMs: null,
          content: { partitionKeys: ['binance#2'], records: 1, bytes: 20480 },
        },
      ],
    },
  },
  'POST /v1/given-up/redrive': {
    request: { kind: 'record' },
    response: { items: [{ kind: 'record', function: 'store-trades', redriven: 1, left: null }] },
  },
  'GET /v1/backtests': { response: page(run) },
  'POST /v1/backtests': {
    request: backtest,
    response: { ...run, status: 'RUNNING', finishedAtMs: null, combinations: null, candles: null, best: [] },
  },
  'GET /v1/backtests/{runId}': { response: run },
  'POST /v1/socket-tickets': {
    response: { ticket: 'Q2fP0c5m1mJk3nVxk7cC8m7d2m0oH3m1y9b8sWv4TtE', expiresAtMs: 1723161630000 },
  },
};
