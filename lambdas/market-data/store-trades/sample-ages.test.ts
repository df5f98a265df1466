import { describe, expect, it } from '@jest/globals';
import { sampleAges } from './sample-ages.ts';

const received = (...times: number[]) => times.map((receivedAtMs) => ({ receivedAtMs }));

describe('the ages of a batch', () => {
  it('are all there while they are few', () => {
    expect(sampleAges(received(10, 20, 30), 100)).toEqual([90, 80, 70]);
  });

  it('are twenty of many, from its whole length, with the oldest wherever it lies', () => {
    const times = Array.from({ length: 5000 }, (_, n) => 1000 + n);
    times[1234] = 1;
    const ages = sampleAges(received(...times), 6000);
    expect(ages).toHaveLength(20);
    expect(Math.max(...ages)).toBe(5999);
    expect(ages[0]).toBe(5000);
    expect(Math.min(...ages)).toBeLessThan(300);
  });

  it('are never below nothing, though the clocks differ', () => {
    expect(sampleAges(received(120), 100)).toEqual([0]);
  });
});
