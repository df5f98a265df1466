import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QuoteSampler, type Sample } from './quote-sampler.ts';

/** What is told as changes of these times come, one after the other. */
function changes(sampler: QuoteSampler, times: readonly number[]): (Sample | null)[] {
  return times.map((timeMs) => {
    const sample = sampler.pass(timeMs);
    sampler.change(timeMs);
    return sample;
  });
}

const quote = (timeMs: number): Sample => ({ timeMs, hasQuote: true, hasLevels: false });
const both = (timeMs: number): Sample => ({ timeMs, hasQuote: true, hasLevels: true });
const levels = (timeMs: number): Sample => ({ timeMs, hasQuote: false, hasLevels: true });

describe('the quotes of a book', () => {
  it('are its last state of each 100 ms, told by the first change past their end, and each second the levels too', () => {
    const times = [1000, 1040, 1099, 1100, 1101, 1350, 1999, 2000, 2001, 3100];
    expect(changes(new QuoteSampler(), times)).toEqual([
      null,
      null,
      null,
      quote(1099),
      null,
      quote(1101),
      quote(1350),
      both(1999),
      null,
      both(2001),
    ]);
  });

  it('are told by the clock as well, where nothing changes any more, and once', () => {
    const sampler = new QuoteSampler();
    sampler.change(1040);
    const clocks = [1050, 1099, 1100, 1900, 2000, 2001, 9000];
    expect(clocks.map((clockMs) => sampler.pass(clockMs))).toEqual([
      null,
      null,
      quote(1040),
      null,
      levels(1040),
      null,
      null,
    ]);
  });

  it('are none of what a snapshot left', () => {
    const sampler = new QuoteSampler();
    sampler.change(1000);
    sampler.reset();
    expect(changes(sampler, [1500, 1600])).toEqual([null, quote(1500)]);
  });

  it('do not go back in time where messages are stamped out of order, but follow a clock that was set back', () => {
    const sampler = new QuoteSampler();
    expect(changes(sampler, [1200, 1050, 1300])).toEqual([null, null, quote(1200)]);
    expect(changes(sampler, [9000, 1300, 1400])).toEqual([both(1300), null, quote(1300)]);
  });

  it('are one for each 100 ms in which there was a change, but for the last, and levels one for each second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1 }), (steps) => {
        let timeMs = 1_767_225_600_000;
        const times = steps.map((step) => (timeMs += step));
        const samples = changes(new QuoteSampler(), times).filter((sample) => sample !== null);
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
