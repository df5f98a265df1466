import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QuoteSampler } from './quote-sampler.ts';

describe('the quotes of a book', () => {
  it('are its last state of each 100 ms, told by the first change past their end, and each second the levels too', () => {
    const sampler = new QuoteSampler();
    const times = [1000, 1040, 1099, 1100, 1101, 1350, 1999, 2000, 2001, 3100];
    expect(times.map((timeMs) => sampler.next(timeMs))).toEqual([
      null,
      null,
      null,
      { timeMs: 1099, hasLevels: false },
      null,
      { timeMs: 1101, hasLevels: false },
      { timeMs: 1350, hasLevels: false },
      { timeMs: 1999, hasLevels: true },
      null,
      { timeMs: 2001, hasLevels: true },
    ]);
  });

  it('are none of what a snapshot left', () => {
    const sampler = new QuoteSampler();
    sampler.next(1000);
    sampler.reset();
    expect(sampler.next(1500)).toBeNull();
    expect(sampler.next(1600)).toEqual({ timeMs: 1500, hasLevels: false });
  });

  it('are one for each 100 ms in which there was a change, but for the last, and levels one for each second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1 }), (steps) => {
        const sampler = new QuoteSampler();
        let timeMs = 1_767_225_600_000;
        const times = steps.map((step) => (timeMs += step));
        const samples = times.flatMap((at) => sampler.next(at) ?? []);
        const lastOf = (lengthMs: number): number[] => [
          ...new Map(times.map((at) => [Math.floor(at / lengthMs), at])).values(),
        ];
        expect(samples.map((sample) => sample.timeMs)).toEqual(lastOf(100).slice(0, -1));
        expect(samples.filter(({ hasLevels }) => hasLevels).map((sample) => sample.timeMs)).toEqual(
          lastOf(1000).slice(0, -1),
        );
      }),
    );
  });
});
