/** Every route that a viewer may use and that reads: nothing is written by whoever looks. */
import { describe, expect, it } from '@jest/globals';
import { createHandler as describeApi } from '../../lambdas/api/describe-api/handler.ts';
import { createHandler as manageBacktests } from '../../lambdas/api/manage-backtests/handler.ts';
import { createHandler as manageQuarantine } from '../../lambdas/api/manage-quarantine/handler.ts';
import { createHandler as manageRisk } from '../../lambdas/api/manage-risk/handler.ts';
import { createHandler as manageStrategies } from '../../lambdas/api/manage-strategies/handler.ts';
import { createHandler as readHealth } from '../../lambdas/api/read-health/handler.ts';
import { createHandler as readMarket } from '../../lambdas/api/read-market/handler.ts';
import { createHandler as readOrders } from '../../lambdas/api/read-orders/handler.ts';
import { createHandler as readPortfolio } from '../../lambdas/api/read-portfolio/handler.ts';
import { createHandler as redriveGivenUp } from '../../lambdas/api/redrive-given-up/handler.ts';
import type { RouteKey } from '../../shared/contracts/api.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { RestFunction } from '../../shared/runtime/rest-function.ts';
import { topology } from '../../shared/topology.ts';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { MemoryQualityStore } from '../../shared/adapters/memory/memory-quality-store.ts';
import { MemoryQuoteStore } from '../../shared/adapters/memory/memory-quote-store.ts';
import { MemoryTradeStore } from '../../shared/adapters/memory/memory-trade-store.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { restClient } from '../support/rest-client.ts';

const id = '3a1f5a0e-7c55-5d0f-9d2b-6f1f4a8f2c11';
const path = { accountId: 'paper', pair: 'BTC-USDT', strategyId: id, clientOrderId: id, runId: id, id };

/** One backtest that could not be started, which a look finds out; nothing else. */
async function portsOfViewer(): Promise<{ ports: Ports; written: string[] }> {
  const state = openMemoryState();
  const written: string[] = [];
  const executions = { start: async () => undefined, describe: async () => null };
  const submit = restClient(manageBacktests({ state, executions }, () => 1));
  await submit('POST /v1/backtests', {
    body: {
      strategy: 'ma-crossover',
      grid: { fastPeriod: [1], slowPeriod: [2] },
      instrumentId: 'binance:BTC-USDT',
      interval: '1m',
      fromMs: 0,
      toMs: 1,
    },
  });
  const refuse = (what: string) => async () => {
    written.push(what);
    return Promise.reject(new Error(`a viewer reached ${what}`));
  };
  const ports = {
    state: {
      get: state.get.bind(state),
      query: state.query.bind(state),
      queryIndex: state.queryIndex.bind(state),
      write: refuse('state.write'),
      transact: refuse('state.transact'),
    },
    trades: new MemoryTradeStore(),
    candles: new MemoryCandleStore(),
    quotes: new MemoryQuoteStore(),
    quality: new MemoryQualityStore(),
    metrics: { read: () => null },
    streams: { append: refuse('streams.append') },
    executions: { start: refuse('executions.start'), describe: executions.describe },
    functionHealth: {
      read: async () => [],
      silences: async () => [],
      market: async () => null,
      waiting: async () => [],
      givenUp: async () => 0,
    },
    deadLetters: { count: async () => 0, redrive: refuse('deadLetters.redrive') },
    givenUp: { list: async () => [], redrive: refuse('givenUp.redrive') },
  } as unknown as Ports;
  return { ports, written };
}

const handlers: Readonly<Record<string, (ports: Ports) => RestFunction>> = {
  'describe-api': describeApi,
  'manage-backtests': manageBacktests,
  'manage-quarantine': manageQuarantine,
  'manage-risk': manageRisk,
  'manage-strategies': manageStrategies,
  'read-health': readHealth,
  'read-market': readMarket,
  'read-orders': readOrders,
  'read-portfolio': readPortfolio,
  'redrive-given-up': redriveGivenUp,
};

/** Of routes that ask for one. */
const queries: Readonly<Record<string, Record<string, string>>> = {
  'GET /v1/bars/{pair}': { bars: 'tick:100' },
  'GET /v1/correlations': { instruments: 'binance:BTC-USDT,binance:ETH-USDT' },
};

const reading = topology.routes.filter(({ method }) => method === 'GET');

describe('whoever looks', () => {
  it.each(reading.map((route) => [`${route.method} ${route.path}`, route.function] as const))(
    'at %s writes nothing',
    async (route, functionName) => {
      const { ports, written } = await portsOfViewer();
      const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof typeof path);
      const call = restClient(handlers[functionName]!(ports));
      const { status } = await call(route as RouteKey, {
        path: Object.fromEntries(named.map((name) => [name, path[name]])),
        ...(route in queries ? { query: queries[route]! } : {}),
        role: 'viewer',
      });
      expect([200, 404]).toContain(status);
      expect(written).toEqual([]);
    },
  );
});
