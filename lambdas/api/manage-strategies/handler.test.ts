import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import {
  bookKey,
  dayKey,
  decidedKey,
  definitionKey,
  lanePricesKey,
  listedKey,
  progressKey,
  reservationKey,
  runningPartition,
  strategiesIndex,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { TableName } from '../../../shared/topology.ts';
import { accountOf, accountRecord } from '../../../shared/contracts/account-records.ts';
import { openAccount } from '../../../shared/runtime/accounts.ts';
import { createHandler } from './handler.ts';

const request = {
  name: 'ma-crossover',
  params: { fastPeriod: 5, slowPeriod: 20 },
  instrumentId: 'binance:BTC-USDT',
  interval: '1m',
};
const clientOrderId = '9d8a3c52-0b6f-5a4e-8a77-2f1f0d5b6e21';

let state: StateStore;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  call = restClient(createHandler({ state }, () => 1000));
});

const create = async (fields: object = {}) =>
  call('POST /v1/strategies', { body: { ...request, ...fields } });
const put = async (table: TableName, key: { pk: string; sk: string }, value: unknown) =>
  state.write({ kind: 'put', table, ...key, value, condition: { kind: 'none' } });
const running = async () =>
  (await state.queryIndex('signals', runningPartition('binance:BTC-USDT', '1m'), { limit: 10 })).items.length;

describe('creating a strategy', () => {
  it('answers with it and its address, with the defaults filled in', async () => {
    const { status, body, headers } = await create();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...request,
      capital: '10000',
      feeRate: '0.001',
      slippage: '0',
      latencyMs: null,
      status: 'RUNNING',
    });
    expect(headers['location']).toBe(`/v1/strategies/${body.strategyId}`);
    expect(await running()).toBe(1);
  });

  it('gives the address below the stage on AWS, where there is one', async () => {
    const { body, headers } = await call('POST /v1/strategies', { body: request, prefix: '/live' });
    expect(headers['location']).toBe(`/live/v1/strategies/${body.strategyId}`);
  });

  it('twice is a conflict', async () => {
    const { body } = await create();
    const again = await create({ capital: '20000' });
    expect(again.status).toBe(409);
    expect(again.problem.detail).toContain(body.strategyId);
  });

  it.each([
    [{ name: 'no-such' }, /unknown strategy "no-such": expected one of/],
    [{ params: { fastPeriod: 20, slowPeriod: 5 } }, /fastPeriod: expected less than slowPeriod/],
    [{ params: { fastPeriod: 1 } }, /^body\.params: slowPeriod: expected a whole number/],
    [{ params: [] }, /body\.params/],
    [{ instrumentId: 'BTC-USDT' }, /body\.instrumentId: expected exchange:BASE-QUOTE/],
    [{ interval: '7m' }, /body\.interval/],
    [{ capital: '0' }, /body\.capital: expected a decimal above zero/],
    [{ capital: '-5' }, /body\.capital/],
    [{ capital: 10000 }, /body\.capital/],
    [{ feeRate: '0.5' }, /^body\.feeRate: expected a fraction/],
    [{ capital: '1000000000001' }, /^body\.capital: expected a decimal above zero and at most 1000000000000/],
    [{ latencyMs: 60_001 }, /body\.latencyMs/],
    [{ accountId: 'Other' }, /^body\.accountId: expected 1 to 40/],
  ])('with %j is refused, and nothing is written', async (fields, detail) => {
    const { status, problem } = await create(fields);
    expect(status).toBe(422);
    expect(problem.detail).toMatch(detail);
    expect((await call('GET /v1/strategies')).body.items).toEqual([]);
  });
});

describe('a strategy on an account', () => {
  const terms = { takerFee: '0.002', slippage: { kind: 'fixed', fraction: '0.0004' } } as const;
  beforeEach(async () => {
    const body = { accountId: 'other', paper: terms };
    await openAccount(state, accountOf(accountRecord.parse(body)), 1000);
  });

  it('has what it does not state from its account, and says which', async () => {
    const { body } = await create({ accountId: 'other', slippage: '0.1' });
    expect(body).toMatchObject({
      accountId: 'other',
      feeRate: '0.002',
      slippage: '0.1',
      byAccount: ['feeRate'],
    });
    const own = await create({ accountId: 'other', interval: '1s', feeRate: '0', slippage: '0' });
    expect(own.body).not.toHaveProperty('byAccount');
  });

  it('is another than the same on another account', async () => {
    const [here, there] = [await create(), await create({ accountId: 'other' })];
    expect([here.status, there.status]).toEqual([201, 201]);
    expect(here.body.strategyId).not.toBe(there.body.strategyId);
  });

  it('that is not there is refused in one line, and nothing is written', async () => {
    const { status, problem } = await create({ accountId: 'nobody' });
    expect([status, problem.detail]).toEqual([404, 'no account nobody']);
    expect(await running()).toBe(0);
  });
});

describe('a strategy on an instrument that no source knows', () => {
  it('is accepted, and said to wait wherever it is shown, until market data of it comes in', async () => {
    const waiting = 'no market data of binance:BTC-USDT has come in: it waits until a source has some';
    const { status, body } = await create();
    expect([status, body.waiting]).toEqual([201, waiting]);
    const path = { strategyId: body.strategyId };
    const shown = async () => [
      (await call('GET /v1/strategies')).body.items[0]!.waiting,
      (await call('GET /v1/strategies/{strategyId}', { path })).body.waiting,
      (await call('PUT /v1/strategies/{strategyId}', { path, body: { status: 'RUNNING' } })).body.waiting,
    ];
    expect(await shown()).toEqual([waiting, waiting, waiting]);
    const prices = [['binance:BTC-USDT', '61837.63', 2000]];
    await put('market-data', lanePricesKey(laneOf('binance:BTC-USDT')), { prices });
    expect(await shown()).toEqual([null, null, null]);
  });
});

describe('a platform full of strategies', () => {
  it('takes no more', async () => {
    for (let n = 0; n < 400; n++) {
      const index = strategiesIndex(String(n));
      await state.write({
        kind: 'put',
        table: 'signals',
        ...listedKey(String(n)),
        value: {},
        index,
        condition: { kind: 'none' },
      });
    }
    const { status, problem } = await create();
    expect([status, problem.detail]).toEqual([409, 'there are 400 strategy instances: remove one first']);
  });
});

describe('a strategy', () => {
  it('is shown with its progress, its position and the order in flight', async () => {
    const { strategyId } = (await create()).body;
    const fresh = await call('GET /v1/strategies/{strategyId}', { path: { strategyId } });
    expect(fresh.body).toMatchObject({
      strategyId,
      progress: null,
      orderInFlight: null,
      position: { cash: '10000', quantity: '0' },
    });

    await put('signals', progressKey(strategyId), { lastCandleOpenTimeMs: 60_000, snapshot: { fast: [1] } });
    await put('orders', reservationKey(strategyId), { clientOrderId });
    const { body } = await call('GET /v1/strategies/{strategyId}', { path: { strategyId } });
    expect(body).toMatchObject({ progress: { lastCandleOpenTimeMs: 60_000 }, orderInFlight: clientOrderId });
  });

  it('pauses and goes on', async () => {
    const { strategyId } = (await create()).body;
    const change = async (status: string) =>
      call('PUT /v1/strategies/{strategyId}', { path: { strategyId }, body: { status } });
    expect((await change('PAUSED')).body.status).toBe('PAUSED');
    expect(await running()).toBe(0);
    expect((await call('GET /v1/strategies')).body.items).toMatchObject([{ strategyId, status: 'PAUSED' }]);
    expect((await change('PAUSED')).status).toBe(200);
    expect((await change('RUNNING')).body.status).toBe('RUNNING');
    expect(await running()).toBe(1);
    expect((await change('STOPPED')).status).toBe(422);
  });

  it('that goes on only looks at what it missed', async () => {
    const { strategyId } = (await create()).body;
    const progress = { lastCandleOpenTimeMs: 60_000, snapshot: null };
    await put('signals', progressKey(strategyId), progress);
    for (const status of ['PAUSED', 'RUNNING']) {
      await call('PUT /v1/strategies/{strategyId}', { path: { strategyId }, body: { status } });
    }
    const item = await state.get('signals', progressKey(strategyId));
    expect(item?.value).toEqual({ ...progress, isBehind: true });
  });

  it('is not found under another id, and an id must be one', async () => {
    const path = { strategyId: clientOrderId };
    expect((await call('GET /v1/strategies/{strategyId}', { path })).status).toBe(404);
    expect((await call('PUT /v1/strategies/{strategyId}', { path, body: { status: 'PAUSED' } })).status).toBe(
      404,
    );
    expect((await call('DELETE /v1/strategies/{strategyId}', { path })).status).toBe(404);
    expect((await call('GET /v1/strategies/{strategyId}', { path: { strategyId: 'x' } })).status).toBe(400);
  });
});

describe('removing a strategy', () => {
  it('takes its book and its progress with it, so that it can be created anew', async () => {
    const { strategyId } = (await create()).body;
    await put('signals', progressKey(strategyId), { lastCandleOpenTimeMs: 1, snapshot: null });
    // Created anew with another capital, it must not be measured by the equity that it had this morning.
    await put('portfolio', dayKey(strategyId, '2026-01-02'), { openEquity: '10000' });
    await put('orders', decidedKey(strategyId), { candleOpenTimeMs: 1, isWaiting: false });
    expect((await call('DELETE /v1/strategies/{strategyId}', { path: { strategyId } })).status).toBe(204);
    expect(await state.get('signals', definitionKey(strategyId))).toBeNull();
    expect(await state.get('signals', progressKey(strategyId))).toBeNull();
    expect(await state.get('portfolio', bookKey(strategyId))).toBeNull();
    expect(await state.get('portfolio', dayKey(strategyId, '2026-01-02'))).toBeNull();
    expect(await state.get('orders', decidedKey(strategyId))).toBeNull();
    expect((await call('GET /v1/strategies')).body.items).toEqual([]);
    expect((await create()).status).toBe(201);
  });

  it('is refused while it holds a position', async () => {
    const { strategyId } = (await create()).body;
    const book = await state.get<BookRecord>('portfolio', bookKey(strategyId));
    await put('portfolio', bookKey(strategyId), { ...book!.value, quantity: '0.5' });
    const { status, problem } = await call('DELETE /v1/strategies/{strategyId}', { path: { strategyId } });
    expect([status, problem.detail]).toEqual([
      409,
      'it holds 0.5 of binance:BTC-USDT: expected a flat position',
    ]);
  });

  it('is refused while an order is in flight', async () => {
    const { strategyId } = (await create()).body;
    await put('orders', reservationKey(strategyId), { clientOrderId });
    const { status, problem } = await call('DELETE /v1/strategies/{strategyId}', { path: { strategyId } });
    expect([status, problem.detail]).toEqual([409, `order ${clientOrderId} is in flight: wait for its end`]);
    expect(await state.get('portfolio', bookKey(strategyId))).not.toBeNull();
  });

  it('is refused when an order is approved at the very same moment', async () => {
    const { strategyId } = (await create()).body;
    const racing: StateStore = {
      get: async (table, key) => state.get(table, key),
      query: async (...args) => state.query(...args),
      queryIndex: async (...args) => state.queryIndex(...args),
      write: async (write) => state.write(write),
      transact: async (writes) => {
        await put('orders', reservationKey(strategyId), { clientOrderId });
        await state.transact(writes);
      },
    };
    const { status } = await restClient(createHandler({ state: racing }))(
      'DELETE /v1/strategies/{strategyId}',
      {
        path: { strategyId },
      },
    );
    expect(status).toBe(409);
    expect(await state.get('signals', definitionKey(strategyId))).not.toBeNull();
  });
});

describe('the list of strategies', () => {
  it('comes in pages', async () => {
    for (const fastPeriod of [1, 2, 3]) await create({ params: { fastPeriod, slowPeriod: 20 } });
    const first = await call('GET /v1/strategies', { query: 'limit=2' });
    const second = await call('GET /v1/strategies', { query: { limit: '2', after: first.body.next! } });
    const ids = [...first.body.items, ...second.body.items].map(({ strategyId }) => strategyId);
    expect(new Set(ids).size).toBe(3);
    expect(second.body.next).toBeNull();
  });

  it('refuses a cursor that it did not give', async () => {
    expect((await call('GET /v1/strategies', { query: 'after=forged' })).status).toBe(400);
  });
});
