import { describe, expect, it } from '@jest/globals';
import { Backoff } from './backoff.ts';

const waits = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => backoff.nextMs());

describe('a backoff', () => {
  it('doubles its waits up to the longest', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 500, random: () => 1 });
    expect(waits(backoff, 5)).toEqual([100, 200, 400, 500, 500]);
  });

  it('leaves up to half of a wait to chance', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 500, random: () => 0 });
    expect(waits(backoff, 2)).toEqual([50, 100]);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 500, random: () => 1 });
    waits(backoff, 3);
    backoff.reset();
    expect(backoff.nextMs()).toBe(100);
  });
});
