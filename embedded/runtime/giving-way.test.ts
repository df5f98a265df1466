import { describe, expect, it } from '@jest/globals';
import { GivingWay } from './giving-way.ts';

describe('giving way', () => {
  it('is for as long as somebody waits, and for a tenth of a second at most', () => {
    let isAwaited = false;
    const givingWay = new GivingWay(() => isAwaited);
    expect(givingWay.untilMs(1000)).toBeNull();
    isAwaited = true;
    expect([1000, 1040, 1099, 1100, 5000].map((nowMs) => givingWay.untilMs(nowMs))).toEqual([
      1100,
      1100,
      1100,
      null,
      null,
    ]);
  });

  it('begins anew with the next one who waits', () => {
    let isAwaited = true;
    const givingWay = new GivingWay(() => isAwaited);
    givingWay.untilMs(1000);
    isAwaited = false;
    expect(givingWay.untilMs(1050)).toBeNull();
    isAwaited = true;
    expect(givingWay.untilMs(1200)).toBe(1300);
  });
});
