import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareClosings, inClosingOrder, type Closing } from './closing-order.ts';
import { INTERVALS, intervalMs } from './interval.ts';

/** Few of each, so that ties are common. */
const closing: fc.Arbitrary<Closing> = fc.record({
  closeTimeMs: fc.constantFrom(0, 60_000, 86_400_000),
  instrumentId: fc.constantFrom('binance:BTC-USDT', 'binance:ETH-USDT', 'kraken:BTC-USD', 'x:ß-€'),
  interval: fc.constantFrom(...INTERVALS),
  strategyId: fc.constantFrom('', 'a', 'b', 'B', 'ä'),
});

const sign = (number: number): number => Math.sign(number) + 0;

describe('the order within an instant', () => {
  it('is total: what is equal is the same, and of two others one comes first, whoever is asked first', () => {
    fc.assert(
      fc.property(closing, closing, (a, b) => {
        expect(sign(compareClosings(a, b))).toBe(sign(-compareClosings(b, a)));
        expect(compareClosings(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(compareClosings(a, a)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('is consistent: what comes before one that comes before another comes before that, too', () => {
    fc.assert(
      fc.property(closing, closing, closing, (a, b, c) => {
        if (compareClosings(a, b) <= 0 && compareClosings(b, c) <= 0)
          expect(compareClosings(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 5000 },
    );
  });

  it('is that of close times, then instruments, lengths and strategies, however they are given', () => {
    const ordered: Closing[] = [
      { closeTimeMs: 60_000, instrumentId: 'binance:BTC-USDT', interval: '1s' },
      { closeTimeMs: 60_000, instrumentId: 'binance:BTC-USDT', interval: '1s', strategyId: 'a' },
      { closeTimeMs: 60_000, instrumentId: 'binance:BTC-USDT', interval: '1s', strategyId: 'b' },
      { closeTimeMs: 60_000, instrumentId: 'binance:BTC-USDT', interval: '30s', strategyId: 'a' },
      { closeTimeMs: 60_000, instrumentId: 'binance:BTC-USDT', interval: '1m', strategyId: 'a' },
      { closeTimeMs: 60_000, instrumentId: 'binance:ETH-USDT', interval: '1s', strategyId: 'a' },
      { closeTimeMs: 61_000, instrumentId: 'binance:ADA-USDT', interval: '1s', strategyId: 'a' },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(ordered, { minLength: ordered.length }), (shuffled) => {
        expect(shuffled.toSorted(compareClosings)).toEqual(ordered);
      }),
    );
  });

  it('puts a minute that opened before a second after it, since it closes with that or later', () => {
    const candles = [
      { instrumentId: 'binance:BTC-USDT', interval: '1m', openTimeMs: 0 },
      { instrumentId: 'binance:BTC-USDT', interval: '1s', openTimeMs: 59_000 },
      { instrumentId: 'binance:BTC-USDT', interval: '1s', openTimeMs: 57_000 },
    ] as const;
    expect(
      inClosingOrder(candles).map(({ interval, openTimeMs }) => openTimeMs + intervalMs(interval)),
    ).toEqual([58_000, 60_000, 60_000]);
    expect(inClosingOrder(candles).map(({ interval }) => interval)).toEqual(['1s', '1s', '1m']);
  });
});
