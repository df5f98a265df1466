import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { median, slopeOf } from './statistics.ts';

describe('a median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('lies between the two middle values of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('has as many values below it as above it', () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, (given) => {
        const middle = median(given);
        const below = given.filter((value) => value < middle).length;
        const above = given.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(given.length / 2);
      }),
    );
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('a median needs a value');
  });
});

describe('a slope', () => {
  it('of points on a line is the slope of the line', () => {
    const line = fc.record({
      slope: fc.integer({ min: -50, max: 50 }),
      from: fc.integer({ min: -50, max: 50 }),
    });
    fc.assert(
      fc.property(line, ({ slope, from }) => {
        const points = [0, 1, 2, 5, 9].map((x) => ({ x, y: from + slope * x }));
        expect(slopeOf(points)).toBeCloseTo(slope, 9);
      }),
    );
  });

  it('does not move with noise that is the same on both sides', () => {
    expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: x === 0 || x === 3 ? 7 : 5 })))).toBeCloseTo(0, 12);
  });

  it('of a single place is refused', () => {
    expect(() =>
      slopeOf([
        { x: 1, y: 1 },
        { x: 1, y: 2 },
      ]),
    ).toThrow('points at two places');
  });
});
