import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.ts';

function histogramOf(latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram({ bucketMs: 1, longestMs: 1000 });
  for (const latency of latencies) histogram.record(latency);
  return histogram;
}

describe('a histogram of latencies', () => {
  it('gives the percentiles that the sorted latencies have', () => {
    const latencies = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 });
    const fractions = fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1);
    fc.assert(
      fc.property(latencies, fractions, (given, fraction) => {
        const sorted = [...given].sort((a, b) => a - b);
        const expected = sorted[Math.ceil(given.length * fraction) - 1]!;
        expect(histogramOf(given).percentile(fraction)).toBe(expected);
      }),
    );
  });

  it('knows the longest exactly, also beyond its last bucket', () => {
    const histogram = histogramOf([3, 4321.5]);
    expect(histogram.percentile(1)).toBe(1000);
    expect(histogram.summary()).toEqual({ count: 2, p50Ms: 3, p95Ms: 1000, p99Ms: 1000, maxMs: 4321.5 });
  });

  it('counts a clock that was set back as no time at all', () => {
    expect(histogramOf([-5]).percentile(1)).toBe(0);
  });

  it('has no percentile before anything was recorded', () => {
    expect(histogramOf([]).percentile(0.5)).toBeNaN();
  });
});
