import { describe, expect, it } from '@jest/globals';
import { candleAt, qualityEventAt } from '../../test/support/page-records.ts';
import { qualityMarks } from './quality-marks.ts';

const MINUTE = 60_000;
const candles = [candleAt(0), candleAt(MINUTE), candleAt(3 * MINUTE)];

describe('marks of quality', () => {
  it('stand at the candle that holds what is said, one for all that is said of it, in order of time', () => {
    const events = [
      qualityEventAt(MINUTE + 59_000, 'spike'),
      qualityEventAt(MINUTE, 'gap'),
      qualityEventAt(MINUTE + 1000, 'spike'),
      qualityEventAt(0, 'reset'),
    ];
    expect(qualityMarks(events, candles, MINUTE)).toEqual([
      { openTimeMs: 0, flags: ['reset'], isTold: true },
      { openTimeMs: MINUTE, flags: ['gap', 'spike'], isTold: false },
    ]);
  });

  it('have words where those of the one before leave room', () => {
    const minutes = Array.from({ length: 40 }, (_, minute) => minute);
    const marks = qualityMarks(
      minutes.map((minute) => qualityEventAt(minute * MINUTE, 'spike')),
      minutes.map((minute) => candleAt(minute * MINUTE)),
      MINUTE,
    );
    expect(marks).toHaveLength(40);
    expect(marks.filter(({ isTold }) => isTold).map(({ openTimeMs }) => openTimeMs / MINUTE)).toEqual([
      0, 14, 28,
    ]);
  });

  it('are left out where there is no candle', () => {
    expect(qualityMarks([qualityEventAt(2 * MINUTE, 'gap')], candles, MINUTE)).toEqual([]);
  });
});
