import { describe, expect, it } from '@jest/globals';
import { MemoryCandleStore } from '../../shared/adapters/memory/memory-candle-store.ts';
import { storedCandle } from '../../test/support/stored-candle.ts';
import { StoredCandles } from './stored-series.ts';

const INSTRUMENT = 'binance:BTC-USDT';

const LATER = 10 * 365 * 86_400;

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
