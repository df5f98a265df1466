import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { storedCandle } from '../../../test/support/stored-candle.ts';
import { formatDecimal } from '../decimal.ts';
import type { Candle } from './candle.ts';
import { fillQuiet } from './fill-quiet.ts';

const all = { fromMs: 0, untilMs: 0, limit: 100 };
const at = (second: number, price: string) => storedCandle(second * 1000, price);
const shown = (candles: readonly Candle[]) =>
  candles.map(({ openTimeMs, close, tradeCount }) => [openTimeMs / 1000, formatDecimal(close), tradeCount]);

describe('quiet intervals that are filled', () => {
  it('stand at the close before them, without trades', () => {
    const count = at(1, '10').tradeCount;
    const filled = fillQuiet([at(1, '10'), at(4, '12')], all);
    expect(shown(filled)).toEqual([
      [1, '10', count],
      [2, '10', 0],
      [3, '10', 0],
      [4, '12', count],
    ]);
    const { lastTradeId } = at(1, '10');
    expect(filled[1]).toMatchObject({ volume: 0n, quoteVolume: 0n, firstTradeId: lastTradeId, lastTradeId });
  });

  it('are as complete as the candle before them', () => {
    const candles = [
      storedCandle(1000, '10', { complete: false }),
      storedCandle(3000, '11', { complete: true }),
    ];
    expect(fillQuiet(candles, { ...all, untilMs: 5000 }).map(({ complete }) => complete)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('go on behind the last candle as far as is asked for', () => {
    const filled = fillQuiet([at(1, '10')], { ...all, untilMs: 3001 });
    expect(shown(filled).map(([second]) => second)).toEqual([1, 2, 3]);
    expect(fillQuiet([at(1, '10')], { ...all, untilMs: 3000 })).toHaveLength(2);
  });

  it('begin where the range does, after a candle before it', () => {
    const filled = fillQuiet([at(1, '10'), at(5, '12')], { ...all, fromMs: 3000 });
    expect(shown(filled).map(([second, price]) => [second, price])).toEqual([
      [3, '10'],
      [4, '10'],
      [5, '12'],
    ]);
  });

  it('are none before the first candle, and none where there is no candle', () => {
    expect(shown(fillQuiet([at(3, '1')], all)).map(([second]) => second)).toEqual([3]);
    expect(fillQuiet([], { ...all, untilMs: 9000 })).toEqual([]);
  });

  it('of a gap of years are only as many as are asked for', () => {
    const filled = fillQuiet([at(1, '10'), at(1e9, '12')], { ...all, limit: 3 });
    expect(shown(filled).map(([second]) => second)).toEqual([1e9 - 2, 1e9 - 1, 1e9]);
  });

  it('leave every interval with one candle, and the traded ones as they are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 20 }),
        fc.nat(80),
        (seconds, until) => {
          const candles = seconds.toSorted((a, b) => a - b).map((second) => at(second, String(second + 1)));
          const filled = fillQuiet(candles, { ...all, untilMs: until * 1000 });
          const first = candles[0]!.openTimeMs;
          expect(filled.map(({ openTimeMs }) => openTimeMs)).toEqual(filled.map((_, n) => first + n * 1000));
          expect(filled.filter(({ tradeCount }) => tradeCount > 0)).toEqual(candles);
        },
      ),
    );
  });
});
