import { beforeEach, describe, expect, it } from '@jest/globals';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { aStrategy } from '../../test/support/strategy.ts';
import {
  accountKey,
  bookKey,
  booksPartition,
  definitionKey,
  killSwitchKey,
  limitsKey,
  runningPartition,
  STRATEGIES_PARTITION,
} from '../contracts/record-keys.ts';
import { killSwitchRecord } from '../contracts/records.ts';
import { DEFAULT_LIMITS } from '../domain/risk/rules.ts';
import type { StateStore } from '../ports/state-store.ts';
import { createStrategy } from './create-strategy.ts';

const instance = aStrategy();
let state: StateStore;
beforeEach(() => {
  state = openMemoryState();
});

const idsIn = async (table: 'signals' | 'portfolio', partition: string) =>
  (await state.queryIndex<{ strategyId: string }>(table, partition, { limit: 10 })).items.map(
    ({ value }) => value.strategyId,
  );

describe('creating a strategy instance', () => {
  it('puts it where candles, lists and the ledger look for it, with its capital as cash', async () => {
    expect(await createStrategy(state, instance, 1000)).toEqual({ created: true });
    expect((await state.get('signals', definitionKey(instance.strategyId)))?.value).toEqual(instance);
    expect((await state.get('portfolio', bookKey(instance.strategyId)))?.value).toMatchObject({
      cash: '10000',
      quantity: '0',
    });
    expect(await idsIn('signals', runningPartition('binance:BTC-USDT', '1m'))).toEqual([instance.strategyId]);
    expect(await idsIn('signals', STRATEGIES_PARTITION)).toEqual([instance.strategyId]);
    expect(await idsIn('portfolio', booksPartition('paper'))).toEqual([instance.strategyId]);
  });

  it('opens its account, so that orders are not denied for want of limits', async () => {
    await createStrategy(state, instance, 1000);
    expect((await state.get('orders', limitsKey('paper')))?.value).toEqual(DEFAULT_LIMITS);
    expect((await state.get('orders', accountKey('paper')))?.value).toMatchObject({ venue: 'paper' });
    const killSwitch = await state.get('orders', killSwitchKey('paper'));
    expect(killSwitchRecord.parse(killSwitch?.value)).toMatchObject({ engaged: false, atMs: 1000 });
  });

  it('leaves an account that is open as it is', async () => {
    const engaged = { engaged: true, reason: 'x', by: 'alice', atMs: 1 };
    await state.write({
      kind: 'put',
      table: 'orders',
      ...killSwitchKey('paper'),
      value: engaged,
      condition: { kind: 'none' },
    });
    await createStrategy(state, instance, 1000);
    expect((await state.get('orders', killSwitchKey('paper')))?.value).toEqual(engaged);
  });

  it('changes nothing the second time', async () => {
    await createStrategy(state, instance, 1000);
    expect(await createStrategy(state, { ...instance, capital: '5' }, 2000)).toEqual({ created: false });
    expect((await state.get('portfolio', bookKey(instance.strategyId)))?.version).toBe(1);
    expect((await state.get('signals', definitionKey(instance.strategyId)))?.value).toEqual(instance);
  });

  it('creates it once when asked many times at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async () => createStrategy(state, instance, 1000)),
    );
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
  });
});
