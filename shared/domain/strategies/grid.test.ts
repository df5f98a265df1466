import { describe, expect, it } from '@jest/globals';
import { combinationsOf } from './grid.ts';

describe('the combinations of a grid', () => {
  it('are all there are, the last parameter varying fastest', () => {
    expect([...combinationsOf({ fastPeriod: [2, 3], slowPeriod: [10, 20, 30] })]).toEqual([
      { fastPeriod: 2, slowPeriod: 10 },
      { fastPeriod: 2, slowPeriod: 20 },
      { fastPeriod: 2, slowPeriod: 30 },
      { fastPeriod: 3, slowPeriod: 10 },
      { fastPeriod: 3, slowPeriod: 20 },
      { fastPeriod: 3, slowPeriod: 30 },
    ]);
  });

  it('of no parameters are one: none', () => {
    expect([...combinationsOf({})]).toEqual([{}]);
  });
});
