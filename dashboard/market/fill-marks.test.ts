import { describe, expect, it } from '@jest/globals';
import { candleAt, fillAt } from '../../test/support/page-records.ts';
import { fillMarks } from './fill-marks.ts';

const MINUTE = 60_000;
const candles = [candleAt(0), candleAt(MINUTE), candleAt(3 * MINUTE)];

describe('marks of fills', () => {
  it('stand at the candle that holds the fill, in order of time', () => {
    const fills = [fillAt(MINUTE + 59_999, 'SELL'), fillAt(MINUTE, 'BUY'), fillAt(12, 'BUY')];
    expect(fillMarks(fills, candles, MINUTE)).toEqual([
      { openTimeMs: 0, side: 'BUY', count: 1 },
      { openTimeMs: MINUTE, side: 'BUY', count: 1 },
      { openTimeMs: MINUTE, side: 'SELL', count: 1 },
    ]);
  });

  it('are one for several fills of a side in a candle', () => {
    const fills = [fillAt(1, 'SELL'), fillAt(2, 'SELL'), fillAt(3, 'SELL')];
    expect(fillMarks(fills, candles, MINUTE)).toEqual([{ openTimeMs: 0, side: 'SELL', count: 3 }]);
  });

  it('are left out where there is no candle', () => {
    expect(fillMarks([fillAt(2 * MINUTE), fillAt(4 * MINUTE)], candles, MINUTE)).toEqual([]);
  });
});
