import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal } from '../decimal.ts';
import { MAX_MISSING_RANGES } from '../market-data/seen-trades.ts';
import type { Trade } from '../market-data/trade.ts';
import type { Candle } from './candle.ts';
import { candleUnderWay } from './candle-under-way.ts';
import {
  advanceWatermark,
  foldTrade,
  noteInterruption,
  startFold,
  type ClosedCandle,
  type InstrumentFold,
  type LateTrade,
} from './fold.ts';
import { intervalMs, INTERVALS, type Interval } from './interval.ts';
import { resumeFold } from './resume-fold.ts';

const INSTRUMENT = 'binance:BTC-USDT';

const trade = (tradeId: number, timeMs: number): Trade => ({
  instrumentId: INSTRUMENT,
  tradeId,
  timeMs,
  price: decimal('100'),
  quantity: decimal('1'),
  takerSide: 'BUY',
});

function run(fold: InstrumentFold, trades: readonly Trade[]): { closed: ClosedCandle[]; late: LateTrade[] } {
  const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
  for (const one of trades) foldTrade(fold, one, outcomes);
  return outcomes;
}

describe('candles of several intervals', () => {
  /** Long enough for days to close, quiet and busy. */
  const longTape = fc
    .array(
      fc.record({
        gapMs: fc.oneof(
          fc.integer({ min: 0, max: 1_500 }),
          fc.integer({ min: 0, max: 90_000 }),
          fc.constantFrom(1_000, 60_000, 3_600_000, 40_000_000),
        ),
        price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
        quantity: fc.bigInt({ min: 1n, max: 10n ** 16n }),
        buys: fc.boolean(),
        happens: fc.constantFrom(
          'nothing',
          'nothing',
          'nothing',
          'lost',
          'interrupted',
          'heartbeat',
          'repeated',
        ),
        place: fc.constantFrom(0, 0, 0, 1, 3, 8),
      }),
      { minLength: 1, maxLength: 120 },
    )
    .map((steps) => {
      let timeMs = 86_000_000;
      return steps
        .map(({ gapMs, price, quantity, buys, happens, place }, i) => {
          timeMs += gapMs;
          const takerSide = buys ? ('BUY' as const) : ('SELL' as const);
          const one: Trade = {
            instrumentId: INSTRUMENT,
            tradeId: 10 + i,
            timeMs,
            price,
            quantity,
            takerSide,
          };
          // What lies before the first trade of all is told by the shortest interval.
          return i === 0 ? { one, happens: 'nothing', place: 0 } : { one, happens, place: i + place };
        })
        .sort((a, b) => a.place - b.place);
    });
  type Step = { readonly one: Trade; readonly happens: string };

  function take(
    fold: InstrumentFold,
    { one, happens }: Step,
    outcomes: { closed: ClosedCandle[]; late: LateTrade[] },
  ) {
    if (happens === 'lost') return;
    if (happens === 'interrupted') noteInterruption(fold);
    if (happens === 'heartbeat') advanceWatermark(fold, one.timeMs - (one.timeMs % 1000), outcomes);
    foldTrade(fold, one, outcomes);
    if (happens === 'repeated') foldTrade(fold, one, outcomes);
  }

  const INSTANT = (a: Candle, b: Candle) =>
    a.openTimeMs + intervalMs(a.interval) - b.openTimeMs - intervalMs(b.interval) ||
    intervalMs(a.interval) - intervalMs(b.interval);

  it('are each what a fold of that interval alone makes, closed, under way and late', () => {
    fc.assert(
      fc.property(longTape, fc.subarray([...INTERVALS], { minLength: 1 }), (steps, intervals) => {
        const together = startFold(INSTRUMENT, intervals);
        const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
        for (const step of steps) take(together, step, outcomes);
        for (const interval of intervals) {
          const alone = startFold(INSTRUMENT, [interval]);
          const expected = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
          for (const step of steps) take(alone, step, expected);
          const own = <T extends { readonly interval: Interval }>(all: readonly T[]) =>
            all.filter((one) => one.interval === interval);
          expect(own(outcomes.closed)).toEqual(expected.closed);
          // Of a gap in a candle whose shorter ones are closed those tell that are next to it.
          const came = (all: readonly LateTrade[]) => all.filter(({ isNeighbour }) => isNeighbour !== true);
          expect(came(own(outcomes.late))).toEqual(came(expected.late));
          expect(candleUnderWay(together, interval)).toEqual(candleUnderWay(alone, interval));
        }
        expect(outcomes.closed).toEqual(outcomes.closed.toSorted(INSTANT));
      }),
      { numRuns: 300 },
    );
  });

  it('go on for other intervals: what they share is what it would have been', () => {
    const some = fc.subarray([...INTERVALS], { minLength: 1 });
    fc.assert(
      fc.property(longTape, fc.nat(), some, some, (steps, at, before, after) => {
        const cut = at % steps.length;
        const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
        let fold = startFold(INSTRUMENT, before);
        for (const step of steps.slice(0, cut)) take(fold, step, outcomes);
        fold = resumeFold(structuredClone(fold), after);
        outcomes.closed.length = 0;
        for (const step of steps.slice(cut)) take(fold, step, outcomes);
        for (const interval of after) {
          const whole = startFold(INSTRUMENT, [interval]);
          const expected = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
          for (const step of steps.slice(0, cut)) take(whole, step, expected);
          expected.closed.length = 0;
          for (const step of steps.slice(cut)) take(whole, step, expected);
          const own = outcomes.closed.filter((candle) => candle.interval === interval);
          if (before.includes(interval)) {
            expect(own).toEqual(expected.closed);
            continue;
          }
          // A new one claims completeness for what it has whole, and for nothing else.
          const truth = new Map(expected.closed.map((candle) => [candle.openTimeMs, candle]));
          for (const candle of own) {
            if (!candle.complete) continue;
            const { previousOpenTimeMs: _, ...rest } = candle;
            expect(truth.get(candle.openTimeMs)).toMatchObject(rest);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('begin for an instrument that is known, and are complete from the first that was watched from its open', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 60_000), trade(2, 90_500)]);
    const resumed = resumeFold(fold, ['1s', '30s', '1m', '5m']);
    const { closed } = run(resumed, [trade(3, 121_000), trade(4, 180_000), trade(5, 600_000)]);
    expect(
      closed.map((c) => [c.interval, c.openTimeMs, c.tradeCount, c.complete, c.previousOpenTimeMs]),
    ).toEqual([
      ['1s', 90_000, 1, true, 60_000],
      ['30s', 90_000, 1, true, null],
      // The trade of the first half of its minute had closed before.
      ['1m', 60_000, 1, false, null],
      ['1s', 121_000, 1, true, 90_000],
      ['30s', 120_000, 1, true, 90_000],
      ['1m', 120_000, 1, true, 60_000],
      ['1s', 180_000, 1, true, 121_000],
      ['30s', 180_000, 1, true, 120_000],
      ['1m', 180_000, 1, true, 120_000],
      ['5m', 0, 3, false, null],
    ]);
  });

  it('are incomplete where a gap lies beside a late trade of theirs, whichever came first', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    // Of the gap 11 and 12 only 11 comes, late for its second; it is what its minute begins with.
    const { closed } = run(fold, [
      trade(10, 59_900),
      trade(13, 61_500),
      trade(11, 60_200),
      trade(14, 62_000),
    ]);
    expect(closed.map(({ openTimeMs }) => openTimeMs)).toEqual([59_000, 0, 61_000]);
    const [, minute] = run(fold, [trade(15, 120_000)]).closed;
    expect(minute).toMatchObject({ interval: '1m', tradeCount: 3, firstTradeId: 11, complete: false });
    const more = startFold(INSTRUMENT, ['1s', '1m']);
    run(more, [
      trade(10, 59_900),
      trade(15, 61_500),
      trade(14, 60_200),
      trade(13, 60_100),
      trade(16, 62_000),
    ]);
    expect(run(more, [trade(17, 120_000)]).closed.map(({ complete }) => complete)).toEqual([true, false]);
    const older = startFold(INSTRUMENT, ['1s']);
    run(older, [trade(1, 0), trade(4, 900), trade(5, 1_000)]);
    expect(run(older, [trade(3, 1_100), trade(6, 2_000)]).closed.map(({ complete }) => complete)).toEqual([
      false,
    ]);
  });

  it('are incomplete for good once a gap inside them was given up', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m', '1h']);
    const trades = [trade(1, 0), trade(3, 1_000)];
    // So many gaps in later seconds that the first is forgotten.
    for (let n = 0; n <= MAX_MISSING_RANGES; n++) trades.push(trade(5 + 2 * n, 2_000 + 500 * n));
    const last = trades.at(-1)!;
    for (let n = 1; n < 5_000; n++) trades.push(trade(last.tradeId + n, last.timeMs + 1_000 * n));
    const { closed } = run(fold, trades);
    expect(fold.seen.givenUpThroughId).toBe(4);
    // What gives the others back.
    expect(closed.filter(({ interval }) => interval === '1h').map(({ complete }) => complete)).toEqual([
      false,
    ]);
    expect(
      closed
        .filter(({ interval }) => interval === '1m')
        .map(({ complete }) => complete)
        .slice(0, 3),
    ).toEqual([false, true, true]);
  });

  it('of which one does not divide the next there are none', () => {
    for (const [n, interval] of INTERVALS.entries()) {
      const shorter = INTERVALS[n - 1];
      if (shorter !== undefined) expect(intervalMs(interval) % intervalMs(shorter)).toBe(0);
    }
  });
});
