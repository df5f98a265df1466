import { describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import type { FunctionStatus, VenueSilence } from '../../../shared/ports/function-health.ts';
import { laneKey } from '../../../shared/contracts/record-keys.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { VERSION } from '../../../shared/version.ts';
import { createHandler } from './handler.ts';

const well: FunctionStatus = {
  name: 'store-trades',
  invocations: 100,
  errors: 5,
  durationMsP99: 3.5,
  lagMs: 60_000,
};

type Needs = Pick<Ports, 'functionHealth' | 'metrics' | 'deadLetters' | 'state'>;

function portsWith(
  functions: readonly FunctionStatus[],
  dead: number,
  broken: Partial<Needs>,
  silences: readonly VenueSilence[],
): Needs {
  return {
    functionHealth: {
      read: async () => functions,
      silences: async () => silences,
      market: async () => 'simulated',
      waiting: async () => [],
      givenUp: async () => 0,
    },
    deadLetters: {
      count: async (queue) => (queue === 'orders-urgent' ? dead : 0),
      redrive: async () => 0,
    },
    metrics: { read: () => null },
    state: openMemoryState(),
    ...broken,
  };
}

async function health(
  functions: readonly FunctionStatus[],
  dead = 0,
  broken: Partial<Needs> = {},
  silences: readonly VenueSilence[] = [],
) {
  return restClient(createHandler(portsWith(functions, dead, broken, silences)))('GET /v1/status');
}

async function metrics(broken: Partial<Needs> = {}) {
  return restClient(createHandler(portsWith([well], 2, broken, [])))('GET /metrics');
}

const WELL = {
  quietestInstrument: 'binance:BTC-USDT',
  quietestMs: 0,
  clockOffsetMs: 1000,
  connectionsLost: 1,
  connectionsRenewed: 0,
  sequenceGaps: 0,
  messagesSetAside: 0,
  resets: 0,
  deafInstruments: 0,
  books: { whole: 3, broken: [{ instrumentId: 'binance:ETH-USDT', state: 'gap', sinceMs: 5 }] },
};

describe('health', () => {
  it('is ok while functions succeed, keep up and leave no message behind', async () => {
    const { body } = await health([well]);
    expect(body).toEqual({
      status: 'ok',
      reasons: [],
      stage: 'embedded',
      market: 'simulated',
      venues: [],
      version: VERSION,
      functions: [well],
      waiting: [],
      givenUp: 0,
      dropped: { known: 0, fenced: 0 },
      deadLetters: { desks: 0, 'orders-urgent': 0, 'orders-standard': 0 },
    });
  });

  it.each([
    [{ ...well, errors: 6 }, 'store-trades: 6 of 100 invocations failed'],
    [{ ...well, lagMs: 61_000 }, 'store-trades: 61 s behind'],
  ])('is degraded by %j', async (status, reason) => {
    expect((await health([status])).body).toMatchObject({ status: 'degraded', reasons: [reason] });
  });

  it('is degraded by a venue that has been silent for a minute, not by one that was just heard', async () => {
    const silences: VenueSilence[] = [
      { venue: 'binance', ...WELL, silenceMs: 60_000 },
      { venue: 'kraken', ...WELL, silenceMs: 59_999 },
    ];
    const { body } = await health([well], 0, {}, silences);
    expect(body).toMatchObject({ status: 'degraded', reasons: ['binance: silent for 60 s'] });
  });

  it('is degraded by a venue whose clock is more than a second from ours', async () => {
    const silences: VenueSilence[] = [
      { venue: 'binance', ...WELL, silenceMs: 0, clockOffsetMs: -90_000 },
      { venue: 'coinbase', ...WELL, silenceMs: 0, clockOffsetMs: null },
      { venue: 'kraken', ...WELL, silenceMs: 0, clockOffsetMs: 1001 },
    ];
    const { body } = await health([well], 0, {}, silences);
    expect(body).toMatchObject({
      status: 'degraded',
      reasons: ['binance: its clock is 90.0 s behind ours', 'kraken: its clock is 1.0 s ahead of ours'],
    });
  });

  it('is degraded by dead letters', async () => {
    const { body } = await health([well], 2);
    expect(body).toMatchObject({ status: 'degraded', reasons: ['orders-urgent: 2 dead letters'] });
  });

  it('says who waits for what, since when and why, a line a store, and what was given up', async () => {
    const sinceMs = Date.UTC(2026, 0, 1);
    const wait = {
      store: 'ClickHouse',
      cause: 'ClickHouse cannot be reached: connect ECONNREFUSED',
      sinceMs,
    };
    const { body } = await health([well], 0, {
      functionHealth: {
        read: async () => [well],
        silences: async () => [],
        market: async () => null,
        waiting: async () => [
          { who: 'store-trades', ...wait },
          { who: 'build-candles', ...wait, sinceMs: sinceMs + 5 },
        ],
        givenUp: async () => 3,
      },
    });
    expect(body).toMatchObject({
      status: 'degraded',
      reasons: [
        'ClickHouse cannot be reached: connect ECONNREFUSED, since 2026-01-01T00:00:00.000Z; waiting: store-trades, build-candles',
        '3 given up: millrace quarantine given-up lists them',
      ],
      givenUp: 3,
    });
    expect(body.waiting).toHaveLength(2);
  });

  it('says how many trades were left out, of all lanes, by cause', async () => {
    const state = openMemoryState();
    for (const [lane, dropped] of [
      ['binance#1', { known: 3, fenced: 0 }],
      ['kraken#0', { known: 1, fenced: 5 }],
    ] as const) {
      const value = { lastSequence: '1', state: { seen: {}, dropped } };
      const place = { table: 'market-data', ...laneKey(lane, 'store-trades') } as const;
      await state.write({ kind: 'put', ...place, value, condition: { kind: 'none' } });
    }
    const { body } = await health([well], 0, { state });
    expect(body).toMatchObject({ status: 'ok', dropped: { known: 4, fenced: 5 } });
  });

  it('is not degraded by callers with bad tokens', async () => {
    const { body } = await health([{ ...well, name: 'authorize-request', errors: 100, lagMs: null }]);
    expect(body.status).toBe('ok');
  });

  it('answers even when what it asks does not', async () => {
    const broken = async () => Promise.reject(new Error('down'));
    const { status, body } = await health([], 0, {
      functionHealth: { read: broken, silences: broken, market: broken, waiting: broken, givenUp: broken },
      deadLetters: { count: broken, redrive: broken },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', functions: [], deadLetters: { 'orders-urgent': null } });
    expect(body.reasons).toHaveLength(4);
  });
});

describe('metrics for Prometheus', () => {
  const counted: Partial<Needs> = {
    metrics: {
      read: () => ({
        series: [{ metric: 'tradesStored', labels: { venue: 'binance' }, value: 7 }],
        refused: 0,
      }),
    },
  };

  it('are what was counted, and how functions and queues are', async () => {
    const { body, headers } = await metrics(counted);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'millrace_trades_stored_total{venue="binance"} 7',
        'millrace_metric_values_refused_total 0',
        'millrace_function_invocations_total{function="store-trades"} 100',
        'millrace_function_errors_total{function="store-trades"} 5',
        'millrace_function_duration_p99_seconds{function="store-trades"} 0.0035',
        'millrace_function_lag_seconds{function="store-trades"} 60',
        'millrace_functions_waiting 0',
        'millrace_items_given_up 0',
        'millrace_dead_letters{queue="orders-urgent"} 2',
      ]),
    );
  });

  it('leave out what cannot be read, and have the rest', async () => {
    const broken = async () => Promise.reject(new Error('down'));
    const { body } = await metrics({
      ...counted,
      functionHealth: { read: broken, silences: broken, market: broken, waiting: broken, givenUp: broken },
    });
    expect(body).toContain('millrace_trades_stored_total');
    expect(body).toContain('millrace_dead_letters');
    expect(body).not.toMatch(/millrace_(function|items)/);
  });

  it('are elsewhere where a function is a process of its own', async () => {
    const { status, problem } = await metrics();
    expect(status).toBe(404);
    expect(problem.detail).toBe('metrics: here they are in CloudWatch, in the namespace Millrace');
  });
});
