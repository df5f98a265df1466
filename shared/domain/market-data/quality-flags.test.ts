import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { flagsOf, QUALITY_FLAGS, qualityOf, UNFLAGGED } from './quality-flags.ts';

describe('quality flags', () => {
  test('keep the bits that stored data carry', () => {
    expect(QUALITY_FLAGS.map((flag) => [flag, qualityOf(flag)])).toEqual([
      ['gap', 1],
      ['id-regression', 2],
      ['reset', 4],
      ['ancient-time', 8],
      ['future-time', 16],
      ['not-positive', 32],
      ['spike', 64],
      ['crossed-book', 128],
      ['stale-book', 256],
      ['checksum-failed', 512],
      ['resync', 1024],
      ['venues-disagree', 2048],
    ]);
  });

  test('are read from the number that they were put into', () => {
    fc.assert(
      fc.property(fc.subarray([...QUALITY_FLAGS]), (flags) => {
        expect(flagsOf(qualityOf(...flags))).toEqual(flags);
      }),
    );
  });

  test('leave out a bit that has no name yet, and nothing is said against what has none', () => {
    expect(flagsOf(qualityOf('gap') | (1 << 30))).toEqual(['gap']);
    expect(flagsOf(UNFLAGGED)).toEqual([]);
  });
});
