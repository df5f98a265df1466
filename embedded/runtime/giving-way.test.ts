import { describe, expect, it } from '@jest/globals';
import { AwaitedBoundary, GivingWay } from './giving-way.ts';

const LONGEST_MS = 100;
const times = (givingWay: GivingWay, ...nowMs: number[]): (number | null)[] =>
  nowMs.map((now) => givingWay.untilMs(now));

describe('giving way', () => {
  it('is to whoever waits, for so long at most', () => {
    const boundary = new AwaitedBoundary();
    const givingWay = new GivingWay(boundary, LONGEST_MS);
    expect(times(givingWay, 0, 1000)).toEqual([null, null]);
    boundary.begin(1000);
    expect(times(givingWay, 1000, 1099, 1100, 5000)).toEqual([1100, 1100, null, null]);
  });

  it('goes on for a moment behind the boundary, while the tape sends what it held back', () => {
    const boundary = new AwaitedBoundary();
    const givingWay = new GivingWay(boundary, LONGEST_MS);
    boundary.begin(1000);
    boundary.end(1020);
    expect(times(givingWay, 1020, 1027, 1028)).toEqual([1028, 1028, null]);
  });

  it('counts what is waited for again at once as the same boundary, and what comes later as another', () => {
    const boundary = new AwaitedBoundary();
    const givingWay = new GivingWay(boundary, LONGEST_MS);
    boundary.begin(1000);
    boundary.end(1090);
    boundary.begin(1095);
    expect(times(givingWay, 1095, 1100)).toEqual([1100, null]);
    boundary.end(1110);
    expect(times(givingWay, 1111)).toEqual([null]);
    boundary.begin(1200);
    expect(times(givingWay, 1200)).toEqual([1300]);
  });

  it('is to two that wait until both are past', () => {
    const boundary = new AwaitedBoundary();
    boundary.begin(1000);
    boundary.begin(1010);
    boundary.end(1020);
    expect(boundary.isAwaited).toBe(true);
    expect(times(new GivingWay(boundary, LONGEST_MS), 1050)).toEqual([1100]);
    boundary.end(1060);
    expect(boundary.isAwaited).toBe(false);
  });
});
