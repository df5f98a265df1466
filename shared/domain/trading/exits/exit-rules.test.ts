import { describe, expect, it } from '@jest/globals';
import { decimal } from '../../decimal.ts';
import { exitRules, type ExitSettings } from './exit-rules.ts';

function errorOf(settings: ExitSettings): string | null {
  const made = exitRules(settings);
  return 'error' in made ? made.error : null;
}

describe('exits as they are written', () => {
  it('make a table of returns of a profit to take, its lines, and a longest time', () => {
    const made = exitRules({
      stopLoss: 0.05,
      trailing: [{ distance: 0.02, from: 0.04 }, { distance: 0.1 }],
      takeProfit: 0.1,
      timeStopMs: 7_200_000,
      returns: [
        { afterMs: 60_000, atLeast: 0.02 },
        { afterMs: 30_000, atLeast: 0.05 },
      ],
    });
    expect(made).toEqual({
      rules: {
        stopLoss: decimal('0.05'),
        trailing: [
          { distance: decimal('0.02'), from: decimal('0.04') },
          { distance: decimal('0.1'), from: null },
        ],
        atrStop: null,
        returns: [
          { afterMs: 0, atLeast: decimal('0.1') },
          { afterMs: 30_000, atLeast: decimal('0.05') },
          { afterMs: 60_000, atLeast: decimal('0.02') },
          { afterMs: 7_200_000, atLeast: null },
        ],
      },
    });
    expect(exitRules({})).toEqual({ rules: { stopLoss: null, trailing: [], atrStop: null, returns: [] } });
  });

  it('are taken at any price from a return of -1 on down, and at a loss above', () => {
    const made = exitRules({
      returns: [
        { afterMs: 1, atLeast: -0.99 },
        { afterMs: 2, atLeast: -1 },
        { afterMs: 3, atLeast: -2 },
      ],
    });
    expect(made).toMatchObject({
      rules: { returns: [{ atLeast: decimal('-0.99') }, { atLeast: null }, { atLeast: null }] },
    });
  });

  it.each<[string, ExitSettings]>([
    ['stopLoss: expected a fraction between 0 and 1', { stopLoss: 0 }],
    ['stopLoss: expected a fraction between 0 and 1', { stopLoss: 1 }],
    ['trailing: expected a distance between 0 and 1', { trailing: [{ distance: 0 }] }],
    ['trailing: expected a distance between 0 and 1', { trailing: [{ distance: 1 }] }],
    ['trailing: expected a return from 0 on', { trailing: [{ distance: 0.1, from: -0.1 }] }],
    [
      'atrStop: expected a period of 1 or more candles',
      { atrStop: { period: 0, multiple: 1, trails: true } },
    ],
    [
      'atrStop: expected a period of 1 or more candles',
      { atrStop: { period: 1.5, multiple: 1, trails: true } },
    ],
    ['atrStop: expected a multiple above 0', { atrStop: { period: 1, multiple: 0, trails: true } }],
    ['takeProfit: expected a return above 0', { takeProfit: 0 }],
    ['timeStopMs: expected a time above 0', { timeStopMs: 0 }],
    ['returns: no position is left at any price at once', { returns: [{ afterMs: 0, atLeast: -1 }] }],
    ['returns: expected ages from 0 on', { returns: [{ afterMs: -1, atLeast: 0.1 }] }],
    [
      'returns: there are two for the age of 0 ms',
      { takeProfit: 0.1, returns: [{ afterMs: 0, atLeast: 0.2 }] },
    ],
  ])('are refused: %s', (error, settings) => {
    expect(errorOf(settings)).toBe(error);
  });

  it('may follow from a return of zero on, and be as old as they are at once', () => {
    expect(
      errorOf({
        trailing: [{ distance: 0.5, from: 0 }],
        atrStop: { period: 1, multiple: 0.1, trails: false },
      }),
    ).toBeNull();
    expect(errorOf({ returns: [{ afterMs: 0, atLeast: -0.99 }] })).toBeNull();
  });
});
