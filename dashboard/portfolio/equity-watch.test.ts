import { describe, expect, it } from '@jest/globals';
import { positionOf } from '../../test/support/page-records.ts';
import type { Portfolio } from '../api/views.ts';
import { EquityWatch } from './equity-watch.ts';

const portfolio = (equity: string, markTimeMs: number | null, quoteCurrency = 'USDT'): Portfolio => ({
  accountId: 'paper',
  totals: [
    {
      quoteCurrency,
      cash: '0',
      value: '0',
      equity,
      realizedProfit: '0',
      unrealizedProfit: '0',
      feesPaid: '0',
    },
  ],
  positions: [positionOf({ markTimeMs })],
});
const history = [
  { timeMs: 1000, equity: '100' },
  { timeMs: 2000, equity: '101' },
  { timeMs: 9000, equity: '102' },
];

describe('equity that the page saw pass', () => {
  it('takes over from the history where it begins', () => {
    const watch = new EquityWatch();
    watch.observe(portfolio('103', 8000), 'USDT', 2000);
    watch.observe(portfolio('104', 10_000), 'USDT', 9000);
    expect(watch.joined(history)).toEqual([
      { timeMs: 1000, equity: '100' },
      { timeMs: 2000, equity: '101' },
      { timeMs: 8000, equity: '103' },
      { timeMs: 10_000, equity: '104' },
    ]);
  });

  it('of a flat portfolio stands at its newest fill', () => {
    const watch = new EquityWatch();
    watch.observe(portfolio('102', null), 'USDT', 9000);
    expect(watch.joined(history).at(-1)).toEqual({ timeMs: 9000, equity: '102' });
  });

  it('keeps the last word on an instant, and hears nothing of the past', () => {
    const watch = new EquityWatch();
    watch.observe(portfolio('103', 10_000), 'USDT', 0);
    watch.observe(portfolio('104', 10_000), 'USDT', 0);
    watch.observe(portfolio('99', 9500), 'USDT', 0);
    expect(watch.joined([{ timeMs: 0, equity: '100' }])).toEqual([
      { timeMs: 0, equity: '100' },
      { timeMs: 10_000, equity: '104' },
    ]);
  });

  it('forgets one currency when another is asked for', () => {
    const watch = new EquityWatch();
    watch.observe(portfolio('103', 10_000), 'USDT', 0);
    watch.observe(portfolio('5', 11_000, 'BTC'), 'BTC', 0);
    expect(watch.joined([{ timeMs: 0, equity: '4' }])).toEqual([
      { timeMs: 0, equity: '4' },
      { timeMs: 11_000, equity: '5' },
    ]);
  });

  it('leaves the history alone that begins after it', () => {
    const watch = new EquityWatch();
    watch.observe(portfolio('103', 500), 'USDT', 0);
    expect(watch.joined(history)).toEqual(history);
  });
});
