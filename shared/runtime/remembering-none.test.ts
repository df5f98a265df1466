import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openMemoryState } from '../../test/support/memory-state.ts';
import type { StateStore } from '../ports/state-store.ts';
import { NONE_IS_REMEMBERED_MS, rememberingNone } from './remembering-none.ts';

const PARTITION = 'RUNNING#binance:BTC-USDT#1s';

describe('a store that remembers where nothing is', () => {
  let stored: StateStore;
  let asked: ReturnType<typeof jest.spyOn>;
  let nowMs: number;
  let state: StateStore;

  beforeEach(() => {
    stored = openMemoryState();
    asked = jest.spyOn(stored, 'queryIndex');
    nowMs = 1_000_000;
    state = rememberingNone(stored, NONE_IS_REMEMBERED_MS, () => nowMs);
  });

  const find = async (options: { sortUpTo?: string } = {}) =>
    (await state.queryIndex('realtime', PARTITION, { limit: 10, ...options })).items.length;
  const put = async () =>
    state.write({
      kind: 'put',
      table: 'realtime',
      pk: 'CONNECTION#1',
      sk: 'CHANNEL#orders',
      value: { connectionId: '1' },
      condition: { kind: 'none' },
      index: { partition: PARTITION, sort: '1' },
    });

  it('asks once in ten seconds about a partition that has nothing', async () => {
    for (let second = 0; second < 30; second++, nowMs += 1000) expect(await find()).toBe(0);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it('finds what was put there ten seconds later at the latest', async () => {
    expect(await find()).toBe(0);
    await put();
    nowMs += NONE_IS_REMEMBERED_MS - 1;
    expect(await find()).toBe(0);
    nowMs += 1;
    expect(await find()).toBe(1);
  });

  it('asks each time about a partition that had something', async () => {
    await put();
    for (let i = 0; i < 3; i++) expect(await find()).toBe(1);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it('takes a part of a partition for no proof that all of it is empty', async () => {
    await put();
    expect(await find({ sortUpTo: '0' })).toBe(0);
    expect(await find()).toBe(1);
  });
});
