import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resumeFold } from '../domain/candles/resume-fold.ts';
import { INTERVALS, type Interval } from '../domain/candles/interval.ts';
import { advanceWatermark, foldTrade, noteInterruption, startFold } from '../domain/candles/fold.ts';
import { laneOf } from '../domain/market-data/lane.ts';
import { MAX_TRADE_ID } from '../domain/market-data/trade.ts';
import { encodeFolds, encodeLonger } from './lane-candles.ts';
import { packFolds, unpackFolds } from './packed-folds.ts';
import { NumberReader, NumberWriter } from './packed-numbers.ts';
import { recordKinds } from './stored-records.ts';

describe('packed numbers', () => {
  it('come back as they were, up to what a double and a decimal hold', () => {
    const number = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer(),
      fc.constantFrom(-1, 0, 63, 64, -64, -65, 2 ** 53 - 1),
    );
    fc.assert(
      fc.property(
        fc.array(number),
        fc.array(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
        fc.string(),
        (ints, bigs, text) => {
          const out = new NumberWriter();
          for (const value of ints) out.int(value);
          for (const value of bigs) out.bigint(value);
          out.text(text);
          const from = new NumberReader(out.base64());
          expect(ints.map(() => from.int())).toEqual(ints);
          expect(bigs.map(() => from.bigint())).toEqual(bigs);
          expect(from.text()).toBe(text);
        },
      ),
    );
  });

  it('that end too soon are refused', () => {
    expect(() => new NumberReader('').int()).toThrow('they end too soon');
  });
});

describe('the folds of a lane', () => {
  /** Ids jump and come late, prices have any number of places, watermarks close what is quiet. */
  const step = fc.record({
    instrument: fc.constantFrom('binance:BTC-USDT', 'kraken:XDG-EUR', 'x:ß-€'),
    tradeId: fc.oneof(fc.nat(400), fc.constantFrom(MAX_TRADE_ID, MAX_TRADE_ID - 3)),
    timeMs: fc.oneof(fc.nat(200_000), fc.integer({ min: 1_723_161_255_342, max: 1_723_161_455_342 })),
    price: fc.bigInt({ min: 1n, max: 10n ** 20n }),
    quantity: fc.oneof(fc.bigInt({ min: 1n, max: 10n ** 17n }), fc.constantFrom(10n ** 12n, 10n ** 7n)),
    takerSide: fc.constantFrom('BUY' as const, 'SELL' as const),
    kind: fc.constantFrom('trade', 'trade', 'trade', 'watermark', 'interruption'),
  });

  const some = fc.subarray([...INTERVALS], { minLength: 1 });

  it('come back to the digit: gaps, late trades, closed and open candles, whatever the prices', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        some,
        some,
        fc.nat(120),
        (steps, intervals, after, cut) => {
          const folds = new Map<string, ReturnType<typeof startFold>>();
          for (const [n, { instrument, kind, ...trade }] of steps.entries()) {
            // Intervals that came later were watched since another time.
            if (n === cut) for (const [id, fold] of folds) folds.set(id, resumeFold(fold, after));
            const fold = folds.get(instrument) ?? startFold(instrument, intervals);
            folds.set(instrument, fold);
            const outcomes = { closed: [], late: [] };
            if (kind === 'trade') foldTrade(fold, { instrumentId: instrument, ...trade }, outcomes);
            else if (kind === 'watermark') advanceWatermark(fold, trade.timeMs, outcomes, trade.tradeId);
            else noteInterruption(fold);
          }
          for (const { folds: stored } of [encodeFolds(folds.values()), encodeLonger(folds.values())])
            expect(unpackFolds(packFolds(stored))).toEqual(stored);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each<[readonly Interval[], number, number]>([
    [['1s', '1m'], 1800, 500],
    [INTERVALS, 2300, 2700],
  ])(
    'of fifteen instruments with trades in each second, %j, take at most %d bytes, and what is longer %d',
    (intervals, most, mostBeside) => {
      const folds = foldsOfALane(15, intervals);
      const state = { sessionId: '7f0c3c1e-94a1-4d8e-9c33-0a7b7f7ad9a1', ...encodeFolds(folds) };
      const record = { lastSequence: '49671246667567228643283430150187087032206582658', fence: 7, state };
      const stored = JSON.stringify(recordKinds.get('market-data LANE build-candles')!.stored(record));
      const longer = recordKinds.get('market-data LANE longer-candles')!.stored(encodeLonger(folds));
      expect(stored.length).toBeLessThanOrEqual(most);
      expect(JSON.stringify(longer).length).toBeLessThanOrEqual(mostBeside);
      expect(JSON.stringify(record).length).toBeGreaterThan(6 * stored.length);
    },
  );
});

/** Steps and sizes as Binance has them: prices of two to eight digits, quantities of five places. */
function foldsOfALane(instruments: number, intervals: readonly Interval[], stepMs = 1_310) {
  return Array.from({ length: instruments }, (_, n) => {
    const instrumentId = `binance:COIN${n}-USDT`;
    expect(laneOf(instrumentId)).toMatch(/^binance#/);
    const fold = startFold(instrumentId, intervals);
    for (let i = 0; i < 20_000; i++) {
      const trade = {
        instrumentId,
        tradeId: 3_735_683_259 + n * 1e6 + i,
        price: BigInt(6_183_763 + ((i * 7919) % 997) + n * 1000) * 10n ** 10n,
        quantity: BigInt(1 + ((i * 104_729) % 99_991)) * 10n ** 7n,
        takerSide: i % 3 === 0 ? ('BUY' as const) : ('SELL' as const),
        timeMs: 1_723_161_255_342 + i * stepMs + n,
      };
      foldTrade(fold, trade, { closed: [], late: [] });
    }
    return fold;
  });
}
