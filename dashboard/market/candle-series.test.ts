import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Candle } from '../api/views.ts';
import { candleAt } from '../../test/support/page-records.ts';
import { firstChange, joinPage, mergeCandles, newest, withPrice, type Candles } from './candle-series.ts';

const MINUTE = 60_000;

const candle = (minute: number, parts: Partial<Candle> = {}): Candle => candleAt(minute * MINUTE, parts);
const minutes = (candles: Candles): number[] => candles.map(({ openTimeMs }) => openTimeMs / MINUTE);
const price = (text: string, timeMs: number) => ({ instrumentId: 'binance:BTC-USDT', price: text, timeMs });

describe('candles put together', () => {
  it('stand in order of time, older pages before newer ones', () => {
    const known = mergeCandles([], [candle(5), candle(6)]);
    expect(minutes(mergeCandles(known, [candle(3), candle(4)]))).toEqual([3, 4, 5, 6]);
  });

  it('are the same list when there is nothing new', () => {
    const known = mergeCandles([], [candle(5), candle(6)]);
    expect(mergeCandles(known, [candle(5), candle(6)])).toBe(known);
    expect(mergeCandles(known, [])).toBe(known);
  });

  it('replace the one under way by the closed one, never the other way', () => {
    const underWay = candle(6, { closed: false, tradeCount: 7 });
    const closed = candle(6, { tradeCount: 7, close: '107' });
    expect(mergeCandles([underWay], [closed])).toEqual([closed]);
    expect(mergeCandles([closed], [candle(6, { closed: false, tradeCount: 99 })])).toEqual([closed]);
  });

  it('take the revision that a late trade made', () => {
    const revision = candle(5, { tradeCount: 11, high: '120' });
    expect(mergeCandles([candle(5), candle(6)], [revision])).toEqual([revision, candle(6)]);
    expect(mergeCandles([revision, candle(6)], [candle(5)])).toEqual([revision, candle(6)]);
  });

  it('come to the same, in whatever order and however often they arrive', () => {
    const anyCandle = fc
      .record({
        minute: fc.integer({ min: 0, max: 5 }),
        tradeCount: fc.integer({ min: 1, max: 4 }),
        closed: fc.boolean(),
      })
      .map(({ minute, tradeCount, closed }) => candle(minute, { tradeCount, closed }));
    const shuffled = fc
      .array(anyCandle, { maxLength: 20 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
      );
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        const oneByOne = again.reduce<Candles>((known, next) => mergeCandles(known, [next]), []);
        expect(oneByOne).toEqual(mergeCandles([], all));
      }),
    );
  });

  it('of the newest page follow what is known where they meet, and stand in its place where not', () => {
    const known = [candle(1), candle(2)];
    expect(minutes(joinPage(known, [candle(2), candle(3)]))).toEqual([1, 2, 3]);
    expect(minutes(joinPage(known, [candle(4), candle(5)]))).toEqual([4, 5]);
    expect(joinPage(known, [])).toBe(known);
  });

  it('are bounded to the newest', () => {
    expect(minutes(newest([candle(1), candle(2), candle(3)], 2))).toEqual([2, 3]);
  });
});

describe('the candle under way', () => {
  const underWay = candle(6, { closed: false });

  it('follows the live price', () => {
    const shown = withPrice([candle(5), underWay], price('112.5', 6 * MINUTE + 30_000), MINUTE);
    expect(shown[1]).toMatchObject({ open: '100', high: '112.5', low: '90', close: '112.5', volume: '3' });
    expect(withPrice([underWay], price('89', 6 * MINUTE + 1000), MINUTE)[0]).toMatchObject({
      high: '110',
      low: '89',
    });
  });

  it('begins with the first price after the last one closed', () => {
    const shown = withPrice([candle(5)], price('106', 6 * MINUTE + 1000), MINUTE);
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({
      openTimeMs: 6 * MINUTE,
      open: '106',
      close: '106',
      volume: '0',
      closed: false,
    });
  });

  it('holds the price of its very last second, which closes when the next candle opens', () => {
    expect(withPrice([underWay], price('107', 7 * MINUTE), MINUTE)).toHaveLength(1);
    expect(withPrice([underWay], price('107', 7 * MINUTE + 1000), MINUTE)).toHaveLength(2);
  });

  it('is left alone by a price of the past, of another instrument, or none', () => {
    const candles = [candle(5), candle(6)];
    expect(withPrice(candles, price('1', 7 * MINUTE), MINUTE)).toBe(candles);
    expect(withPrice(candles, price('1', 5 * MINUTE), MINUTE)).toBe(candles);
    expect(withPrice(candles, { ...price('1', 8 * MINUTE), instrumentId: 'binance:ETH-USDT' }, MINUTE)).toBe(
      candles,
    );
    expect(withPrice(candles, null, MINUTE)).toBe(candles);
    expect(withPrice([], price('1', 8 * MINUTE), MINUTE)).toEqual([]);
  });
});

describe('what a chart is told', () => {
  const shown = [candle(4), candle(5)];

  it('is the last candle and what follows it', () => {
    expect(firstChange(shown, [shown[0]!, candle(5, { tradeCount: 11 })])).toBe(1);
    expect(firstChange(shown, [...shown, candle(6)])).toBe(1);
  });

  it('is everything when the past has changed', () => {
    expect(firstChange([], shown)).toBe(-1);
    expect(firstChange(shown, [candle(3), ...shown])).toBe(-1);
    expect(firstChange(shown, [candle(4, { tradeCount: 11 }), shown[1]!])).toBe(-1);
    expect(firstChange(shown, [shown[1]!])).toBe(-1);
  });
});
