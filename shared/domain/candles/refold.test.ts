import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { foldTrade, startFold, type ClosedCandle } from './fold.ts';
import { asSeenBy, refoldCandles, refoldTrades, revisionOf } from './refold.ts';

const INSTRUMENT = 'binance:BTC-USDT';
const ALONE = { before: null, after: null };

const trade = (tradeId: number, timeMs: number, fields: Partial<Trade> = {}): Trade => ({
  instrumentId: INSTRUMENT,
  tradeId,
  timeMs,
  price: decimal('100'),
  quantity: decimal('1'),
  takerSide: 'BUY',
  ...fields,
});

const tape = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.integer({ min: 0, max: 1500 }), fc.constant(90_000)),
      price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
      quantity: fc.bigInt({ min: 1n, max: 10n ** 16n }),
      buys: fc.boolean(),
      lost: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 100 },
  )
  .map((steps) => {
    let timeMs = 86_000_000;
    return steps
      .map(({ gapMs, price, quantity, buys, lost }, n) => {
        timeMs += gapMs;
        return { lost, one: trade(10 + n, timeMs, { price, quantity, takerSide: buys ? 'BUY' : 'SELL' }) };
      })
      .filter(({ lost }, n) => n === 0 || !lost)
      .map(({ one }) => one);
  });

describe('candles that are made again', () => {
  it('are those that closed one by one, of trades and of shorter candles, with what is known to be missing', () => {
    fc.assert(
      fc.property(tape, (trades) => {
        const fold = startFold(INSTRUMENT, ['1s', '30s', '1m']);
        const closed: ClosedCandle[] = [];
        // Far behind, so that all of it closes.
        const end = trade(trades.at(-1)!.tradeId + 1, 200_000_000);
        for (const one of [...trades, end]) foldTrade(fold, one, { closed, late: [] });
        const of = (interval: string): Candle[] =>
          closed
            .filter((candle) => candle.interval === interval)
            .map(({ previousOpenTimeMs: _, ...candle }) => candle);
        const around = { before: null, after: end };
        const seconds = refoldTrades(trades, '1s', around);
        expect(seconds).toEqual(of('1s'));
        const halves = refoldCandles(seconds, '30s', around);
        expect(halves).toEqual(of('30s'));
        expect(refoldCandles(halves, '1m', around)).toEqual(of('1m'));
      }),
    );
  });

  it('are whole where their neighbours prove it, and for the first of all where it begins at its open', () => {
    const complete = (first: number, around: Parameters<typeof refoldTrades>[2], atMs = 1_500) =>
      refoldTrades([trade(first, atMs), trade(first + 1, atMs)], '1s', around)[0]!.complete;
    expect(complete(5, { before: trade(4, 1), after: trade(7, 3_000) })).toBe(true);
    expect(complete(5, { before: trade(3, 1), after: trade(7, 3_000) })).toBe(false);
    expect(complete(5, { before: trade(4, 1), after: trade(8, 3_000) })).toBe(false);
    expect(complete(5, { before: trade(4, 1), after: null })).toBe(true);
    expect(complete(5, ALONE)).toBe(false);
    expect(complete(5, ALONE, 1_000)).toBe(true);
  });

  it('carry the flags of their trades', () => {
    const flagged = [trade(1, 1_000, { quality: 2 }), trade(2, 1_100), trade(3, 1_200, { quality: 8 })];
    const seconds = refoldTrades(flagged, '1s', ALONE);
    expect(seconds[0]!.quality).toBe(10);
    expect(refoldCandles(seconds, '1m', ALONE)[0]!.quality).toBe(10);
  });
});

describe('a revision', () => {
  const [made] = refoldTrades([trade(1, 1_000), trade(2, 1_100)], '1s', ALONE);
  const base: Candle = { ...made!, revision: 3 };

  it('is not written where nothing is different', () => {
    expect(revisionOf(base, made!)).toBeNull();
  });

  it('is the next where a trade is there that was not', () => {
    const [more] = refoldTrades([trade(1, 1_000), trade(2, 1_100), trade(3, 1_200)], '1s', ALONE);
    expect(revisionOf(base, more!)).toEqual({ ...more!, revision: 4 });
  });

  it('is the first, and not what strategies see, where there was no candle', () => {
    expect(revisionOf(null, made!)).toEqual({ ...made!, revision: 1 });
  });

  it('is without the gap that has been filled, and with one that has not', () => {
    const quality = qualityOf('gap', 'spike');
    const lacking: Candle = { ...base, complete: false, quality };
    expect(revisionOf(lacking, made!)).toMatchObject({ complete: true, quality: qualityOf('spike') });
    expect(revisionOf({ ...lacking, quality: qualityOf('gap') }, made!)).not.toHaveProperty('quality');
    expect(revisionOf(lacking, { ...made!, complete: false })).toBeNull();
    const [still] = refoldTrades([trade(1, 1_000), trade(4, 1_200)], '1s', ALONE);
    expect(revisionOf(null, still!)).toMatchObject({ complete: false, quality: qualityOf('gap') });
  });

  it('takes no proof away, and no flag', () => {
    expect(revisionOf(base, { ...made!, complete: false })).toBeNull();
    const quality = qualityOf('spike');
    expect(revisionOf({ ...base, quality }, made!)).toBeNull();
    expect(revisionOf({ ...base, complete: false, quality }, made!)).toMatchObject({
      complete: true,
      quality,
    });
  });
});

describe('a candle made again of what is stored, behind which nothing is stored yet', () => {
  const seen = (...told: readonly Trade[]) => {
    const fold = startFold(INSTRUMENT, ['1s']);
    for (const one of told) foldTrade(fold, one, { closed: [], late: [] });
    return fold;
  };
  const made = refoldTrades([trade(1, 1_000), trade(2, 1_500)], '1s', ALONE);
  const known = [trade(1, 1_000), trade(2, 1_500)];

  it.each([
    ['is whole as far as anybody knows', seen(...known), true],
    ['is followed by the next trade, which is not stored yet', seen(...known, trade(3, 2_000)), true],
    ['is followed by one that leaves a gap', seen(...known, trade(4, 2_000)), false],
    ['will be followed by one that leaves a gap', { ...seen(...known), interrupted: true }, false],
    ['is followed by one with which ids begin anew', seen(...known, trade(1, 2_000)), false],
  ])('%s', (_, fold, complete) => {
    expect(asSeenBy(fold, made)).toMatchObject([{ tradeCount: 2, complete }]);
  });
});
