import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldTrade, startFold, type ClosedCandle, type InstrumentFold } from '../domain/candles/fold.ts';
import { INTERVALS } from '../domain/candles/interval.ts';
import { decimal, ONE } from '../domain/decimal.ts';
import { MAX_MISSING_RANGES } from '../domain/market-data/seen-trades.ts';
import type { Trade } from '../domain/market-data/trade.ts';
import { MAX_ITEM_BYTES } from '../ports/state-store.ts';
import { recordKinds } from './stored-records.ts';
import {
  decodeFolds,
  encodeFolds,
  encodeLonger,
  latestPriceOf,
  type LaneCandlesRecord,
} from './lane-candles.ts';

const BTC = 'binance:BTC-USDT';
const ETH = 'binance:ETH-USDT';

const trade = (instrumentId: string, tradeId: number, timeMs: number, price: bigint): Trade => ({
  instrumentId,
  tradeId,
  timeMs,
  price,
  quantity: ONE,
  takerSide: 'BUY',
});

function foldAll(folds: readonly InstrumentFold[], trades: readonly Trade[]): void {
  for (const one of trades) {
    const fold = folds.find(({ instrumentId }) => instrumentId === one.instrumentId)!;
    foldTrade(fold, one, { closed: [], late: [] });
  }
}

/** More than the 200 that a live collector listens to put into one of four lanes. */
const INSTRUMENTS_OF_A_LANE = 80;

it('fits into an item when every instrument of a lane has as many gaps as are kept', () => {
  const folds = Array.from({ length: INSTRUMENTS_OF_A_LANE }, (_, n) => {
    const instrumentId = `binance:COIN${n}-USDT`;
    const fold = startFold(instrumentId, INTERVALS);
    for (let i = 0; i <= 2 * MAX_MISSING_RANGES; i++) {
      const price = decimal('61837.63');
      foldAll([fold], [trade(instrumentId, 3_735_683_259 + 3 * i, 1_723_161_255_342 + i, price)]);
    }
    expect(fold.seen.missing).toHaveLength(MAX_MISSING_RANGES);
    return fold;
  });
  expect(JSON.stringify(encodeFolds(folds)).length).toBeLessThan(MAX_ITEM_BYTES);
});

/** As an item in a table has it. */
const written = (folds: readonly InstrumentFold[]): LaneCandlesRecord =>
  JSON.parse(JSON.stringify(encodeFolds(folds))) as LaneCandlesRecord;

/** As the item beside it has it. */
const writtenBeside = (folds: readonly InstrumentFold[]): LaneCandlesRecord =>
  JSON.parse(JSON.stringify(encodeLonger(folds))) as LaneCandlesRecord;

const bothFolds = () => [startFold(BTC, INTERVALS), startFold(ETH, INTERVALS)];

describe('the record of a lane', () => {
  it('goes on where the folds were that were written into it', () => {
    const print = fc.record({
      instrumentId: fc.constantFrom(BTC, ETH),
      timeMs: fc.oneof(fc.nat(200_000), fc.nat(200_000_000)),
      price: fc.bigInt({ min: 1n, max: 10n ** 18n }),
    });
    fc.assert(
      fc.property(fc.array(print, { maxLength: 60 }), fc.nat(60), (prints, cut) => {
        const trades = prints.map(({ instrumentId, timeMs, price }, i) =>
          trade(instrumentId, i, timeMs, price),
        );
        const folds = bothFolds();
        foldAll(folds, trades.slice(0, cut));
        const read = decodeFolds(written(folds), writtenBeside(folds), INTERVALS);
        expect(read).toEqual(folds);
        foldAll(folds, trades.slice(cut));
        foldAll(read, trades.slice(cut));
        expect(read).toEqual(folds);
      }),
    );
  });

  it('has the close of the latest 1s candle of each instrument, with the time of that close', () => {
    const folds = bothFolds();
    foldAll(folds, [
      trade(BTC, 1, 1_000, decimal('61837.63')),
      trade(BTC, 2, 1_999, decimal('61837.7')),
      trade(BTC, 3, 2_000, decimal('61838')),
      trade(ETH, 1, 2_000, decimal('3')),
    ]);
    const record = written(folds);
    expect(latestPriceOf(record, BTC)).toEqual({ instrumentId: BTC, price: '61837.7', timeMs: 2_000 });
    expect(latestPriceOf(record, ETH)).toBeNull();
    expect(latestPriceOf(record, 'binance:SOL-USDT')).toBeNull();
  });

  it('goes on where it was written by a release whose longer candles saw each trade', () => {
    const print = fc.record({
      gapMs: fc.integer({ min: 0, max: 20_000 }),
      price: fc.bigInt({ min: 1n, max: 10n ** 18n }),
      place: fc.constantFrom(0, 0, 0, 2, 5),
    });
    fc.assert(
      fc.property(fc.array(print, { minLength: 1, maxLength: 60 }), fc.nat(60), (prints, cut) => {
        let timeMs = 0;
        const trades = prints
          .map(({ gapMs, price, place }, i) => ({
            one: trade(BTC, i, (timeMs += gapMs), price),
            // What lies before the first trade of all is told by the shortest interval.
            place: i === 0 ? 0 : i + place,
          }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        const alone = (['1s', '1m'] as const).map((interval) => startFold(BTC, [interval]));
        for (const fold of alone) foldAll([fold], trades.slice(0, cut));
        const [seconds, minutes] = written(alone).folds;
        const kind = recordKinds.get('market-data LANE build-candles')!;
        const { closingTrade, intervals, ...rest } = seconds!;
        const before = {
          ...rest,
          observedSinceMs: intervals[0]!.observedSinceMs,
          intervals: [{ ...intervals[0]!, closingTrade }, minutes!.intervals[0]!],
        };
        const { state } = kind.record({ state: { folds: [before] } }, 'here') as { state: LaneCandlesRecord };
        const [read] = decodeFolds(state, null, ['1s', '1m']);
        const outcomes = { closed: [] as ClosedCandle[], late: [] };
        for (const one of trades.slice(cut)) foldTrade(read!, one, outcomes);
        for (const fold of alone) {
          const expected = { closed: [] as ClosedCandle[], late: [] };
          for (const one of trades.slice(cut)) foldTrade(fold, one, expected);
          const { interval } = fold.intervals[0]!;
          expect(outcomes.closed.filter((candle) => candle.interval === interval)).toEqual(expected.closed);
        }
      }),
    );
  });
});
