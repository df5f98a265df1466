import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { aFill } from '../../../test/support/order.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { storeLanes } from '../../../test/support/stored-lane.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { bookKey, booksIndex, fillKey, fillsIndex } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { deterministicId } from '../../../shared/domain/ids.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import type { StrategyInstance } from '../../../shared/domain/strategies/strategy.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  call = restClient(createHandler({ state }));
});

describe('the portfolio', () => {
  it('is empty before anything was created', async () => {
    expect((await call('GET /v1/portfolio')).body).toEqual({ accountId: 'paper', totals: [], positions: [] });
  });

  it('is that of an account, and of none that is not there', async () => {
    await holdTwo();
    const there = aStrategy({ accountId: 'other' });
    await createStrategy(state, there, 0);
    const { body } = await call('GET /v1/portfolio', { query: { account: 'other' } });
    expect(body).toMatchObject({ accountId: 'other', positions: [{ strategyId: there.strategyId }] });
    expect((await call('GET /v1/portfolio')).body.positions).toHaveLength(1);
    for (const route of ['GET /v1/portfolio', 'GET /v1/fills'] as const)
      expect(await call(route, { query: { account: 'nobody' } })).toMatchObject({ status: 404 });
  });

  it('marks what is held at the latest 1s candle', async () => {
    const { strategyId } = await holdTwo();
    const tape = [
      [0, '99'],
      [1000, '110.25'],
      [2000, '120'],
    ] as const;
    await storeLanes(state, { 'binance:BTC-USDT': tape });

    const { body } = await call('GET /v1/portfolio');

    expect(body.positions).toMatchObject([
      { strategyId, markPrice: '110.25', markTimeMs: 2000, value: '220.5', unrealizedProfit: '20.5' },
    ]);
    expect(body.totals).toMatchObject([
      { quoteCurrency: 'USDT', cash: '9800', equity: '10020.5', unrealizedProfit: '20.5' },
    ]);
  });

  it('is marked at the entry where no candle has closed yet', async () => {
    await holdTwo();
    expect((await call('GET /v1/portfolio')).body.positions).toMatchObject([
      { markPrice: '100', markTimeMs: 1, unrealizedProfit: '0' },
    ]);
  });

  it('reads each lane once, whatever is held there, and none for what is flat', async () => {
    const here = instrumentsOf('binance#0', 3);
    const there = instrumentsOf('binance#1', 1);
    for (const instrumentId of [...here, ...there]) {
      await holdTwo({ instrumentId });
      await holdTwo({ instrumentId, interval: '1s' });
    }
    await createStrategy(state, aStrategy({ instrumentId: instrumentsOf('binance#2', 1)[0]! }), 0);
    const tape = [
      [0, '110'],
      [1000, '120'],
    ] as const;
    await storeLanes(state, Object.fromEntries([...here, ...there].map((id) => [id, tape])));
    const get = jest.spyOn(state, 'get');

    const { body } = await call('GET /v1/portfolio');

    expect(get.mock.calls.map(([table, { pk }]) => `${table} ${pk}`).sort()).toEqual([
      'market-data LANE#binance#0',
      'market-data LANE#binance#1',
    ]);
    expect(body.positions.map(({ markPrice }) => markPrice).sort()).toEqual([
      ...Array<string>(8).fill('110'),
      null,
    ]);
  });
});

/** An instance that has bought 2 at 100. */
async function holdTwo(fields: Parameters<typeof aStrategy>[0] = {}): Promise<StrategyInstance> {
  const instance = aStrategy(fields);
  await createStrategy(state, instance, 0);
  const key = bookKey(instance.strategyId);
  const book = (await state.get<BookRecord>('portfolio', key))!.value;
  const value: BookRecord = {
    ...book,
    quantity: '2',
    cash: '9800',
    cost: '200',
    entryTimeMs: 1,
    entryPrice: '100',
  };
  const index = booksIndex('paper', instance.strategyId);
  await state.write({ kind: 'put', table: 'portfolio', ...key, value, index, condition: { kind: 'none' } });
  return instance;
}

function instrumentsOf(lane: string, count: number): string[] {
  const candidates = Array.from({ length: 100 }, (_, n) => `binance:C${n}-USDT`);
  return candidates.filter((instrumentId) => laneOf(instrumentId) === lane).slice(0, count);
}

describe('fills', () => {
  const otherStrategy = deterministicId('test-strategy', 1);
  const fills = [aFill(1), aFill(2, { strategyId: otherStrategy }), aFill(3)];
  beforeEach(async () => {
    for (const fill of fills) {
      const index = fillsIndex(fill.accountId, fill.timeMs, fill.fillId);
      await state.write({
        kind: 'put',
        table: 'portfolio',
        ...fillKey(fill.fillId),
        value: fill,
        index,
        condition: { kind: 'none' },
      });
    }
  });

  it('are listed newest first', async () => {
    expect((await call('GET /v1/fills')).body).toEqual({ items: [...fills].reverse(), next: null });
  });

  it('are filtered by strategy', async () => {
    expect((await call('GET /v1/fills', { query: { strategyId: otherStrategy } })).body.items).toEqual([
      fills[1],
    ]);
  });

  it('come in pages', async () => {
    const { body } = await call('GET /v1/fills', { query: 'limit=2' });
    expect(body.items).toEqual([fills[2], fills[1]]);
    expect((await call('GET /v1/fills', { query: { limit: '2', after: body.next! } })).body.items).toEqual([
      fills[0],
    ]);
  });
});
