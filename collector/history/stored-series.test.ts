import { describe, expect, it } from '@jest/globals';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { MemoryCandleStore } from '../../test/support/memory-candle-store.ts';
import { storedCandle } from '../../test/support/stored-candle.ts';
import { StoredCandles, storedTrades } from './stored-series.ts';

const INSTRUMENT = 'binance:BTC-USDT';

function storeOf(trades: readonly Trade[]) {
  return {
    between: async (_id: string, fromMs: number, toMs: number, limit: number) =>
      trades.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs).slice(0, limit),
  };
}

const LATER = 10 * 365 * 86_400;

const trade = (tradeId: number, timeMs: number): Trade => ({
  instrumentId: INSTRUMENT,
  tradeId,
  timeMs,
  price: 1n,
  quantity: 1n,
  takerSide: 'BUY',
});

describe('stored trades', () => {
  it('come each once and in order, over pages whose ends lie within a millisecond', async () => {
    const trades = Array.from({ length: 25_000 }, (_, n) => trade(n, 5000 + Math.floor(n / 700)));
    const read: number[] = [];
    for await (const page of storedTrades(storeOf(trades), INSTRUMENT, { fromMs: 5000, toMs: 5030 }))
      read.push(...page.map(({ tradeId }) => tradeId));
    expect(read).toEqual(Array.from({ length: 30 * 700 }, (_, n) => n));
  });

  it('are not passed over where a millisecond has more of them than a page holds', async () => {
    const trades = Array.from({ length: 10_001 }, (_, n) => trade(n, 5000));
    const stored = storedTrades(storeOf(trades), INSTRUMENT, { fromMs: 0, toMs: 9000 });
    expect((await stored.next()).value).toHaveLength(10_000);
    await expect(stored.next()).rejects.toThrow('more than 10000 trades at 5000');
  });
});

describe('stored candles', () => {
  it.each([
    [
      [0, 3, 10_000, LATER - 1, LATER + 5],
      [0, 3, 9997, 500, 1],
    ],
    // All that a page does not hold, at once.
    [
      [LATER - 1, LATER + 5],
      [10_500, 1],
    ],
  ])(
    'come each once, over a page and over a stretch of years without any: asked for %j',
    async (asked, given) => {
      const later = LATER;
      const seconds = [...Array.from({ length: 10_500 }, (_, n) => n + 1), later, later + 1];
      const store = new MemoryCandleStore();
      await store.insert(
        seconds.map((second) => storedCandle(second * 1000, '1')),
        { mayRepeat: false },
      );
      const stored = new StoredCandles(store, INSTRUMENT, '1s', { fromMs: 0, toMs: (later + 1) * 1000 });
      const read = [];
      for (const second of asked) read.push(await stored.through(second * 1000));
      expect(read.map((candles) => candles.length)).toEqual(given);
      expect(read.flat().map(({ openTimeMs }) => openTimeMs / 1000)).toEqual(seconds.slice(0, -1));
    },
  );
});
