import { describe, expect, it } from '@jest/globals';
import { lanePricesKey } from '../contracts/record-keys.ts';
import { laneOf } from '../domain/market-data/lane.ts';
import type { ItemKey, StateStore } from '../ports/state-store.ts';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { storeFolds } from '../../test/support/stored-lane.ts';
import { latestPrices } from './latest-prices.ts';

const [BTC, ETH] = ['binance:BTC-USDT', 'kraken:ETH-USD'] as const;
/** In the lane of BTC. */
const BESIDE = Array.from({ length: 50 }, (_, n) => `binance:SIM${n}-USDT`).find(
  (id) => laneOf(id) === laneOf(BTC),
)!;

/** Of their lane. */
async function tell(
  state: StateStore,
  ...prices: readonly (readonly [string, string, number])[]
): Promise<void> {
  await state.write({
    kind: 'put',
    table: 'market-data',
    ...lanePricesKey(laneOf(prices[0]![0])),
    value: { prices },
    condition: { kind: 'none' },
  });
}

const shown = async (state: StateStore, ...ids: readonly string[]): Promise<string[]> =>
  [...(await latestPrices(state, ids)).values()].map(
    ({ instrumentId, price, timeMs }) => `${instrumentId} ${price} ${timeMs}`,
  );

describe('the latest prices', () => {
  it('are read from the record of their lane, and nothing else is looked at', async () => {
    const state = openMemoryState();
    await tell(state, [BTC, '61837.63', 2000], [BESIDE, '7', 3000]);
    await tell(state, [ETH, '3000', 2000]);
    const read: string[] = [];
    const get = state.get.bind(state);
    state.get = async <T>(table: 'market-data', key: ItemKey) => {
      read.push(key.sk);
      return get<T>(table, key);
    };
    expect(await shown(state, BTC, ETH)).toEqual([`${BTC} 61837.63 2000`, `${ETH} 3000 2000`]);
    expect(read).toEqual(['prices', 'prices']);
  });

  it('of a store from before they were kept are what the fold of the lane has', async () => {
    const state = openMemoryState();
    await storeFolds(state, {
      [BTC]: [
        [1000, '5'],
        [2000, '6'],
      ],
    });
    expect(await shown(state, BTC, BESIDE)).toEqual([`${BTC} 5 2000`]);
  });

  it('of an instrument that was not told yet are what the fold has, and the others as they were told', async () => {
    const state = openMemoryState();
    await storeFolds(state, {
      [BTC]: [
        [1000, '5'],
        [2000, '6'],
      ],
      [BESIDE]: [
        [1000, '7'],
        [2000, '8'],
      ],
    });
    await tell(state, [BTC, '4', 1000]);
    expect(await shown(state, BTC, BESIDE)).toEqual([`${BTC} 4 1000`, `${BESIDE} 7 2000`]);
  });

  it('of what nobody knows are none', async () => {
    expect(await shown(openMemoryState(), BTC, ETH)).toEqual([]);
  });
});
