import { describe, expect, it } from '@jest/globals';
import { CROSSOVER_REQUEST } from '../../../test/support/strategy.ts';
import { strategyInstance } from './instance.ts';

describe('a strategy instance', () => {
  it('may have a trillion to spend', () => {
    expect(strategyInstance({ ...CROSSOVER_REQUEST, capital: '1000000000000' })).toMatchObject({
      capital: '1000000000000',
    });
  });

  it.each([
    [{ name: 'moon' }, 'name', 'unknown strategy "moon": expected one of ma-crossover'],
    [
      { params: { fastPeriod: 5 } },
      'params',
      'slowPeriod: expected a whole number from 1 to 1000, got nothing',
    ],
    [
      { instrumentId: 'BTCUSDT' },
      'instrumentId',
      'expected exchange:BASE-QUOTE such as binance:BTC-USDT, got "BTCUSDT"',
    ],
    [{ capital: '0' }, 'capital', 'expected a decimal above zero and at most 1000000000000, got "0"'],
    [
      { capital: '1000000000000.1' },
      'capital',
      'expected a decimal above zero and at most 1000000000000, got "1000000000000.1"',
    ],
    [
      { feeRate: '0.5' },
      'feeRate',
      'expected a fraction of zero or more and below 0.5, such as 0.001, got "0.5"',
    ],
    [
      { slippage: '1' },
      'slippage',
      'expected a fraction of zero or more and below 0.5, such as 0.001, got "1"',
    ],
  ])('is not made of %j: the field is named, and what was expected', (change, field, error) => {
    expect(strategyInstance({ ...CROSSOVER_REQUEST, ...change })).toEqual({ field, error });
  });
});
