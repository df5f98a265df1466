import { describe, expect, it } from '@jest/globals';
import { MemoryTradeStore } from '../../../shared/adapters/memory/memory-trade-store.ts';
import { MAX_ROWS_A_READ } from '../../../shared/ports/read-limit.ts';
import { TradeReader } from './trade-reader.ts';

const BTC = 'binance:BTC-USDT';

async function reading(times: readonly number[]) {
  const trades = new MemoryTradeStore();
  await trades.insert(
    times.map((timeMs, tradeId) => ({
      instrumentId: BTC,
      tradeId,
      timeMs,
      price: 1n,
      quantity: 1n,
      takerSide: 'BUY',
      receivedAtMs: timeMs,
    })),
    { mayRepeat: false },
  );
  let questions = 0;
  const between: MemoryTradeStore['between'] = async (...args) => (questions++, trades.between(...args));
  const reader = new TradeReader({ between }, BTC, 100);
  const read = async (fromMs: number, toMs: number, expected: number) =>
    (await reader.between(fromMs, toMs, () => expected)).map(({ tradeId }) => tradeId);
  return { read, questions: () => questions };
}

describe('a reader of stretches', () => {
  it('reads those that lie close together with one question', async () => {
    const { read, questions } = await reading([0, 10, 20, 30, 40]);
    expect([await read(0, 10, 4), await read(10, 15, 3), await read(20, 40, 2), questions()]).toEqual([
      [0],
      [1],
      [2, 3],
      1,
    ]);
  });

  it('passes over what lies between them', async () => {
    const { read } = await reading([0, 10, 20, 30, 40]);
    expect([await read(0, 10, 1), await read(30, 50, 2)]).toEqual([[0], [3, 4]]);
  });

  it('leaves none out where there are more than were expected, at one time', async () => {
    const { read } = await reading([1, 5, 5, 5, 5, 5, 9]);
    expect(await read(0, 50, 1)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('says so where one millisecond has more than a page holds', async () => {
    const { read } = await reading(Array.from({ length: MAX_ROWS_A_READ + 1 }, () => 5));
    await expect(read(5, 6, 1)).rejects.toThrow(`${BTC} has more than ${MAX_ROWS_A_READ} trades at 5`);
  });
});
