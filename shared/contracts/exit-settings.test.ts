import { describe, expect, it } from '@jest/globals';
import { decimal } from '../domain/decimal.ts';
import { parseExits } from './exit-settings.ts';

describe('exits that somebody writes', () => {
  it('are read, a stop by the true range as one that stands', () => {
    expect(
      parseExits({ stopLoss: 0.05, atrStop: { period: 14, multiple: 3 }, timeStopMs: 60_000 }, '--exits'),
    ).toEqual({
      rules: {
        stopLoss: decimal('0.05'),
        trailing: [],
        atrStop: { period: 14, multiple: 3, trails: false },
        returns: [{ afterMs: 60_000, atLeast: null }],
      },
    });
  });

  it.each([
    [{ stoploss: 0.05 }, /^--exits.*stoploss/],
    [{ stopLoss: '5%' }, /^--exits\.stopLoss: /],
    [{ trailing: [{ distance: 0.1, offset: 1 }] }, /^--exits.*offset/],
    [{ returns: { 0: 0.1 } }, /^--exits\.returns: /],
    [{ returns: Array(33).fill({ afterMs: 0, atLeast: 1 }) }, /^--exits\.returns: /],
    [{ trailing: Array(9).fill({ distance: 0.1 }) }, /^--exits\.trailing: /],
    [{ atrStop: { period: 1001, multiple: 1 } }, /^--exits\.atrStop\.period: /],
    [{ timeStopMs: 0.5 }, /^--exits\.timeStopMs: /],
    [{ takeProfit: -1 }, /^--exits\.takeProfit: expected a return above 0$/],
  ])('are refused in one line, case %#', (given, line) => {
    const parsed = parseExits(given, '--exits');
    expect('error' in parsed ? parsed.error : null).toMatch(line);
  });
});
