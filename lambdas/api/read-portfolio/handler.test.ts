import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryCandleStore } from '../../../test/support/memory-candle-store.ts';
import { openMemoryState } from '../../../test/support/memory-state.ts';
import { aFill } from '../../../test/support/order.ts';
import { restClient } from '../../../test/support/rest-client.ts';
import { storedCandle } from '../../../test/support/stored-candle.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { bookKey, booksIndex, fillKey, fillsIndex } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import { deterministicId } from '../../../shared/domain/ids.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { createHandler } from './handler.ts';

let state: StateStore;
let candles: MemoryCandleStore;
let call: ReturnType<typeof restClient>;
beforeEach(() => {
  state = openMemoryState();
  candles = new MemoryCandleStore();
  call = restClient(createHandler({ state, candles }));
});

describe('the portfolio', () => {
  it('is empty before anything was created', async () => {
    expect((await call('GET /v1/portfolio')).body).toEqual({ accountId: 'paper', totals: [], positions: [] });
  });

  it('marks what is held at the latest 1s candle', async () => {
    const instance = aStrategy();
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
    await candles.insert([storedCandle(0, '99'), storedCandle(1000, '110.25')], { mayRepeat: false });

    const { body } = await call('GET /v1/portfolio');

    expect(body.positions).toMatchObject([
      {
        strategyId: instance.strategyId,
        markPrice: '110.25',
        markTimeMs: 2000,
        value: '220.5',
        unrealizedProfit: '20.5',
      },
    ]);
    expect(body.totals).toMatchObject([
      { quoteCurrency: 'USDT', cash: '9800', equity: '10020.5', unrealizedProfit: '20.5' },
    ]);
  });
});

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
