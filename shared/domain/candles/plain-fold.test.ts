import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { advanceWatermark, foldTrade, startFold, type ClosedCandle } from './fold.ts';
import { INTERVALS, type Interval } from './interval.ts';
import { differingFields, PlainFold } from './plain-fold.ts';

const START_MS = Date.UTC(2024, 7, 9, 23, 50);
const END_MS = START_MS + 3 * 86_400_000;

/** By id, each some time after the one before: often the same millisecond, now and then hours later. */
const tapes = fc
  .array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(90_000), fc.nat(20_000_000)),
      price: fc.bigInt(1n, 10n ** 17n),
      quantity: fc.bigInt(1n, 10n ** 15n),
      buys: fc.boolean(),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((steps) => {
    let timeMs = START_MS;
    return steps.map(({ afterMs, price, quantity, buys }, n): Trade => ({
      instrumentId: 'binance:BTC-USDT',
      tradeId: 100 + n,
      price,
      quantity,
      takerSide: buys ? 'BUY' : 'SELL',
      timeMs: (timeMs += afterMs),
    }));
  });

function plainly(trades: readonly Trade[], interval: Interval): Candle[] {
  const fold = new PlainFold('binance:BTC-USDT', interval);
  const ended = trades.flatMap((trade) => fold.add(trade) ?? []);
  return [...ended, ...[fold.end(null)].flatMap((last) => last ?? [])];
}

describe('a plain fold', () => {
  it('makes the candles that the live fold makes of the same trades, of every interval, to the last digit', () => {
    fc.assert(
      fc.property(tapes, (trades) => {
        const outcomes = { closed: [] as ClosedCandle[], late: [] };
        const live = startFold('binance:BTC-USDT', INTERVALS);
        for (const trade of trades) foldTrade(live, trade, outcomes);
        advanceWatermark(live, END_MS + 30 * 86_400_000, outcomes);
        for (const interval of INTERVALS) {
          const closed = outcomes.closed.filter((candle) => candle.interval === interval);
          const made = plainly(trades, interval);
          expect(made.map(({ openTimeMs }) => openTimeMs)).toEqual(
            closed.map(({ openTimeMs }) => openTimeMs),
          );
          made.forEach((candle, n) => expect(differingFields(candle, closed[n]!)).toEqual([]));
        }
      }),
    );
  });

  it('says that a candle is complete where ids without a gap prove it', () => {
    const [first, second, third] = [0, 1000, 2000].map((afterMs, n): Trade => ({
      instrumentId: 'binance:BTC-USDT',
      tradeId: 7 + n,
      price: 1n,
      quantity: 1n,
      takerSide: 'BUY',
      timeMs: START_MS + afterMs,
    })) as [Trade, Trade, Trade];
    const complete = (...trades: Trade[]): boolean[] =>
      plainly(trades, '1s').map((candle) => candle.complete);
    expect(complete(first, second, third)).toEqual([true, true, true]);
    expect(complete(first, third)).toEqual([false, false]);
    expect(complete({ ...first, timeMs: first.timeMs + 1 }, second)).toEqual([false, true]);
  });
});
