import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillAt, positionOf } from '../../test/support/page-records.ts';
import type { Fill } from '../api/views.ts';
import { booksBefore, equityHistory, heldInstruments, sampled } from './equity-history.ts';

const noPrices = new Map<string, string>();
const startOf = (
  fills: readonly Fill[],
  position = positionOf(),
  prices: ReadonlyMap<string, string> = noPrices,
) => ({
  timeMs: 0,
  books: booksBefore([position], fills),
  prices,
});

describe('equity over the day', () => {
  it('begins with the capital and takes each fill with its fee', () => {
    const fills = [
      fillAt(1000, 'BUY', { price: '100', quantity: '2', cashChange: '-200.2' }),
      fillAt(2000, 'SELL', { price: '110', quantity: '2', cashChange: '219.78' }),
    ];
    const position = positionOf({ cash: '10019.58', fills: 2 });
    expect(equityHistory(startOf(fills, position), fills, [])).toEqual([
      { timeMs: 0, equity: '10000' },
      { timeMs: 1000, equity: '9999.8' },
      { timeMs: 2000, equity: '10019.58' },
    ]);
  });

  it('is the same in whatever order the fills are listed', () => {
    const fills = [
      fillAt(1000, 'BUY', { quantity: '2', cashChange: '-200.2' }),
      fillAt(2000, 'SELL', { price: '110', quantity: '2', cashChange: '219.78' }),
    ];
    const position = positionOf({ cash: '10019.58' });
    const newestFirst = [...fills].reverse();
    expect(equityHistory(startOf(newestFirst, position), newestFirst, [])).toEqual(
      equityHistory(startOf(fills, position), fills, []),
    );
  });

  it('counts what was held at the start at its price then', () => {
    const sale = fillAt(1000, 'SELL', { price: '120', quantity: '1', cashChange: '119.88' });
    const start = startOf([sale], positionOf({ cash: '119.88' }), new Map([['binance:BTC-USDT', '100']]));
    expect(heldInstruments(start.books)).toEqual(['binance:BTC-USDT']);
    expect(equityHistory(start, [sale], []).map(({ equity }) => equity)).toEqual(['100', '119.88']);
  });

  it('follows the market between fills, and no market that it has no part in', () => {
    const bought = fillAt(1000, 'BUY', { quantity: '2', cashChange: '-200.2' });
    const position = positionOf({ cash: '9799.8', quantity: '2' });
    const marks = [
      { timeMs: 2000, instrumentId: 'binance:BTC-USDT', price: '110' },
      { timeMs: 3000, instrumentId: 'binance:ETH-USDT', price: '1' },
      { timeMs: 0, instrumentId: 'binance:BTC-USDT', price: '1' },
    ];
    expect(equityHistory(startOf([bought], position), [bought], marks)).toEqual([
      { timeMs: 0, equity: '10000' },
      { timeMs: 1000, equity: '9999.8' },
      { timeMs: 2000, equity: '10019.8' },
    ]);
  });

  it('leaves out the fills of a strategy that has been removed', () => {
    const other = fillAt(1000, 'BUY', { strategyId: 'removed' });
    expect(equityHistory(startOf([other]), [other], [])).toEqual([{ timeMs: 0, equity: '10000' }]);
  });

  it('ends at the cash of a book that is flat again, to the last digit', () => {
    const cents = fc
      .bigInt({ min: 1n, max: 10n ** 15n })
      .map((value) => `${value / 1000n}.${String((value % 1000n) * 10n + 1n).padStart(4, '0')}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, cents), { maxLength: 20 }), (trips) => {
        const fills = trips.flatMap(([paid, earned], i) => [
          fillAt(2 * i + 1, 'BUY', { cashChange: `-${paid}` }),
          fillAt(2 * i + 2, 'SELL', { cashChange: earned }),
        ]);
        const position = positionOf({ cash: '5000.000000000001' });
        expect(equityHistory(startOf(fills, position), fills, []).at(-1)?.equity).toBe('5000.000000000001');
      }),
    );
  });
});

describe('the curve', () => {
  it('has a point at even distances, each with the last equity before it', () => {
    const points = [
      { timeMs: 0, equity: '1' },
      { timeMs: 1500, equity: '2' },
      { timeMs: 1800, equity: '3' },
      { timeMs: 4000, equity: '4' },
    ];
    expect(sampled(points, 100)).toEqual([
      { timeMs: 0, equity: '1' },
      { timeMs: 1000, equity: '1' },
      { timeMs: 2000, equity: '3' },
      { timeMs: 3000, equity: '3' },
      { timeMs: 4000, equity: '4' },
    ]);
  });

  it('never has more points than asked for, and one', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 300 }), (all, most) => {
        const points = all.sort((a, b) => a - b).map((timeMs) => ({ timeMs, equity: String(timeMs) }));
        const samples = sampled(points, most);
        expect(samples.length).toBeLessThanOrEqual(most + 2);
        expect(samples[0]).toEqual(points[0]);
        expect(samples.at(-1)).toEqual(points.at(-1));
      }),
    );
  });

  it('of nothing is empty', () => {
    expect(sampled([], 10)).toEqual([]);
  });
});
