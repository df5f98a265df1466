import { describe, expect, it } from '@jest/globals';
import { nearestName } from './nearest-name.ts';

const COMMANDS = ['start', 'state', 'candles', 'backtest', 'doctor'];

describe('the nearest name', () => {
  it.each([
    ['strat', 'start'],
    ['stat', 'start'],
    ['candle', 'candles'],
    ['back-test', 'backtest'],
    ['docter', 'doctor'],
  ])('of %s is %s', (given, meant) => {
    expect(nearestName(given, COMMANDS)).toBe(meant);
  });

  it('is none when nothing is near', () => {
    expect(nearestName('quarantine', COMMANDS)).toBeNull();
    expect(nearestName('x', COMMANDS)).toBeNull();
  });
});
