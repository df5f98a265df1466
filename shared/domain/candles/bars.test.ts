import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decimal, formatDecimal, ZERO } from '../decimal.ts';
import type { Trade } from '../market-data/trade.ts';
import { barsPlainly } from '../../../test/support/bars-plainly.ts';
import { spanOf } from '../../adapters/memory/memory-trade-store.ts';
import { parseBarRule } from './bar-rule.ts';
import { BarFold, type Bar } from './bars.ts';

const BTC = 'binance:BTC-USDT';
const DAY_MS = 86_400_000;

function trade(tradeId: number, timeMs: number, price: string, quantity: string): Trade {
  return {
    instrumentId: BTC,
    tradeId,
    price: decimal(price),
    quantity: decimal(quantity),
    takerSide: tradeId % 2 === 0 ? 'BUY' : 'SELL',
    timeMs,
  };
}

function barsOf(rule: string, trades: readonly Trade[]): Bar[] {
  const fold = new BarFold(parseBarRule(rule)!, BTC);
  const bars = trades.flatMap((one) => fold.add(one));
  return fold.underWay === null ? bars : [...bars, fold.underWay];
}

const shown = (bars: readonly Bar[]) =>
  bars.map((bar) => [
    Number(bar.number),
    bar.firstTradeId,
    bar.lastTradeId,
    formatDecimal(bar.volume),
    bar.closed,
  ]);

describe('bars', () => {
  it('of ticks end with so many trades', () => {
    const trades = [1, 2, 3, 4, 5].map((id) => trade(id, id, '10', '0.5'));
    expect(shown(barsOf('tick:2', trades))).toEqual([
      [0, 1, 2, '1', true],
      [1, 3, 4, '1', true],
      [2, 5, 5, '0.5', false],
    ]);
  });

  it('of volume end with the trade that reaches it, and what that had too much is not missing in the next', () => {
    const trades = ['0.6', '0.6', '0.7', '0.2', '0.1'].map((quantity, n) => trade(n, n, '10', quantity));
    expect(shown(barsOf('volume:1', trades))).toEqual([
      [0, 0, 1, '1.2', true],
      // 1.9 in all: 0.8 would do
      [1, 2, 3, '0.9', true],
      [2, 4, 4, '0.1', false],
    ]);
  });

  it('of turnover count price times quantity', () => {
    const trades = [trade(1, 1, '100', '0.4'), trade(2, 2, '150', '0.4'), trade(3, 3, '10', '1')];
    expect(shown(barsOf('dollar:100', trades))).toEqual([
      [0, 1, 2, '0.8', true],
      [1, 3, 3, '1', false],
    ]);
  });

  it('never part a trade: one that is larger leaves out the bars within it', () => {
    const trades = ['0.5', '3.6', '0.3', '0.7'].map((quantity, n) => trade(n, n, '10', quantity));
    expect(shown(barsOf('volume:1', trades))).toEqual([
      [0, 0, 1, '4.1', true],
      [4, 2, 3, '1', true],
    ]);
  });

  it('begin anew each day, in UTC, and end with it', () => {
    const trades = [
      trade(1, DAY_MS - 2, '10', '1'),
      trade(2, DAY_MS - 1, '11', '1'),
      trade(3, DAY_MS, '12', '5'),
      trade(4, DAY_MS + 1, '13', '1'),
    ];
    const bars = barsOf('volume:5', trades);
    expect(shown(bars)).toEqual([
      [0, 1, 2, '2', true],
      [0, 3, 3, '5', true],
      [1, 4, 4, '1', false],
    ]);
    expect(bars.map(({ dayMs }) => dayMs)).toEqual([0, DAY_MS, DAY_MS]);
  });

  it('have what candles have', () => {
    const [bar] = barsOf('tick:3', [
      trade(1, 10, '10', '1'),
      trade(2, 11, '12', '2'),
      trade(3, 12, '9', '4'),
    ]);
    expect(bar).toEqual({
      instrumentId: BTC,
      dayMs: 0,
      number: 0n,
      open: decimal('10'),
      high: decimal('12'),
      low: decimal('9'),
      close: decimal('9'),
      volume: decimal('7'),
      quoteVolume: decimal('70'),
      takerBuyVolume: decimal('2'),
      tradeCount: 3,
      firstTradeId: 1,
      lastTradeId: 3,
      firstTimeMs: 10,
      lastTimeMs: 12,
      closed: true,
      complete: false,
    });
  });

  it('of a day follow from its trades alone, and have each trade in one bar', () => {
    const amount = fc.integer({ min: 1, max: 5000 }).map((units) => formatDecimal(BigInt(units) * 10n ** 9n));
    const tape = fc.array(fc.tuple(amount, amount, fc.integer({ min: 0, max: DAY_MS / 3 })), {
      minLength: 1,
      maxLength: 40,
    });
    const rule = fc.tuple(fc.constantFrom('tick', 'volume', 'dollar'), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(tape, rule, (steps, [kind, size]) => {
        let timeMs = 0;
        const trades = steps.map(([price, quantity, after], n) =>
          trade(n, (timeMs += after), price, quantity),
        );
        const bars = barsOf(`${kind}:${size}`, trades);
        const days = Map.groupBy(trades, (one) => Math.floor(one.timeMs / DAY_MS));
        const alone = [...days.values()].flatMap((ofDay) => barsOf(`${kind}:${size}`, ofDay));
        const sums = (some: readonly Bar[]) => some.map((bar) => ({ ...bar, closed: true, complete: true }));
        expect(sums(bars)).toEqual(sums(alone));
        expect(bars.reduce((sum, bar) => sum + bar.volume, ZERO)).toBe(
          trades.reduce((sum, one) => sum + one.quantity, ZERO),
        );
        expect(bars.reduce((sum, bar) => sum + bar.tradeCount, 0)).toBe(trades.length);
        bars.slice(1).forEach((bar, n) => {
          const before = bars[n]!;
          expect(bar.firstTradeId).toBe(before.lastTradeId + 1);
          expect(bar.dayMs > before.dayMs || bar.number > before.number).toBe(true);
        });
      }),
    );
  });

  it('carry what is said against their trades', () => {
    const flagged = { ...trade(2, 2, '10', '1'), quality: 4 };
    const bars = barsOf('tick:2', [trade(1, 1, '10', '1'), flagged, trade(3, 3, '10', '1')]);
    expect(bars.map(({ quality }) => quality)).toEqual([4, undefined]);
  });

  it('have a number to the last digit, however small their size is', () => {
    const trades = [trade(1, 1, '10', '1000000000000'), trade(2, 2, '10', '0.000000000001')];
    const bars = barsOf('volume:0.000000000001', trades);
    expect(bars.map(({ number }) => number)).toEqual([0n, 10n ** 24n]);
  });

  it('of a thin market that ends none is under way until a trade of the next day, or the watermark, ends its day', () => {
    const rule = parseBarRule('volume:99999999999999999999999999')!;
    const fold = new BarFold(rule, BTC);
    expect(fold.underWay).toBeNull();
    expect(fold.add(trade(1, 5, '10', '1'))).toEqual([]);
    expect(fold.underWay).toMatchObject({ closed: false, complete: false, tradeCount: 1 });
    expect(fold.passed(DAY_MS - 1)).toEqual([]);
    expect(fold.passed(DAY_MS)).toMatchObject([{ number: 0n, closed: true, complete: false }]);
    expect([fold.underWay, fold.passed(DAY_MS)]).toEqual([null, []]);
  });

  describe('are complete', () => {
    const complete = (...days: [timeMs: number, id: number][]) =>
      barsOf(
        'tick:2',
        days.map(([timeMs, id]) => trade(id, timeMs, '10', '1')),
      ).map((bar) => bar.complete);

    it('if no id is missing since the last trade of the day before', () => {
      expect(complete([5, 7], [DAY_MS, 8], [DAY_MS + 1, 9], [DAY_MS + 2, 10])).toEqual([false, true, false]);
    });

    it('not where nobody looked before the day', () => {
      expect(complete([DAY_MS, 8], [DAY_MS + 1, 9])).toEqual([false]);
    });

    it('not from a missing id on until the day ends', () => {
      const first = [5, 7] as [number, number];
      const gap = complete(first, ...[8, 9, 11, 12, 13, 14].map((id): [number, number] => [DAY_MS + id, id]));
      expect(gap).toEqual([false, true, false, false]);
      const firstLost = complete(first, [DAY_MS, 9], [DAY_MS + 1, 10], [2 * DAY_MS, 11], [2 * DAY_MS, 12]);
      expect(firstLost).toEqual([false, false, true]);
    });

    it('though ids of one moment come in another order than their times', () => {
      const ids = [7, 9, 8, 10, 11, 12];
      const tape = ids.map((id, n): [number, number] => [n === 0 ? 5 : DAY_MS + n, id]);
      // Where 9 is there and 8 is not, nobody knows yet.
      expect(complete(...tape)).toEqual([false, true, true, false]);
    });

    it('not in a day in which the ids began anew', () => {
      const tape = [7, 1, 2, 3].map((id, n): [number, number] => [n === 0 ? 5 : DAY_MS + n, id]);
      expect(complete(...tape)).toEqual([false, false, false]);
      // Neither where as many were left out as came from before.
      expect(complete([5, 7], [DAY_MS, 3], [DAY_MS + 1, 9])).toEqual([false, false]);
    });

    it('at the end of a day if the next day goes on with the next id', () => {
      const lastOfDay = (next: number) =>
        complete([5, 7], [DAY_MS, 8], [2 * DAY_MS, next], [2 * DAY_MS + 1, next + 1])[1];
      expect([lastOfDay(9), lastOfDay(10)]).toEqual([true, false]);
    });
  });

  describe('of many tapes', () => {
    const steps = fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 9_000_000 }),
        quantity: fc.integer({ min: 1, max: 9_000_000 }),
        afterMs: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: DAY_MS })),
        skipped: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
        quality: fc.constantFrom(0, 0, 0, 1, 6),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const rules = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((size) => `tick:${size}`),
      fc
        .integer({ min: 1, max: 40_000_000 })
        .map((units) => `volume:${formatDecimal(BigInt(units) * 10n ** 6n)}`),
      fc.integer({ min: 1, max: 40_000_000 }).map((units) => `dollar:${formatDecimal(BigInt(units))}`),
    );
    const tapeOf = (
      made: readonly { price: number; quantity: number; afterMs: number; skipped: number; quality: number }[],
    ) => {
      let [timeMs, id] = [DAY_MS - 60_000, 100];
      return made.map(({ price, quantity, afterMs, skipped, quality }) => ({
        ...trade((id += 1 + skipped), (timeMs += afterMs), '1', '1'),
        price: BigInt(price) * 10n ** 6n,
        quantity: BigInt(quantity) * 10n ** 6n,
        ...(quality === 0 ? {} : { quality }),
      }));
    };

    it('are what a plain fold makes', () => {
      fc.assert(
        fc.property(steps, rules, (made, rule) => {
          const tape = tapeOf(made);
          expect(barsOf(rule, tape)).toEqual(barsPlainly(tape, parseBarRule(rule)!));
        }),
      );
    });

    it('are the same where stretches in which none ends are added as their sums', () => {
      fc.assert(
        fc.property(steps, rules, fc.constantFrom(10_000, 3_600_000), (made, rule, stepMs) => {
          const tape = tapeOf(made);
          const fold = new BarFold(parseBarRule(rule)!, BTC);
          const stretches = Map.groupBy(tape, ({ timeMs }) => timeMs - (timeMs % stepMs));
          const bars = [...stretches].flatMap(([openTimeMs, within]) => {
            const span = spanOf(openTimeMs, within);
            return fold.endsWithin(span) ? within.flatMap((one) => fold.add(one)) : fold.join(span);
          });
          expect(fold.underWay === null ? bars : [...bars, fold.underWay]).toEqual(barsOf(rule, tape));
        }),
      );
    });

    it('of a day are there from its first on, though the fold began in the midst of the day before', () => {
      const spans = [spanOf(0, [trade(1, 5, '10', '1')])];
      const fold = new BarFold(parseBarRule('tick:2')!, BTC, { spans, previousTradeId: null });
      const bars = [trade(2, DAY_MS, '10', '1'), trade(3, DAY_MS, '10', '1')].flatMap((one) => fold.add(one));
      expect(shown(bars)).toEqual([[0, 2, 3, '2', true]]);
      expect(bars[0]!.complete).toBe(true);
    });

    it('are the same from any place on, behind the bar that is under way there', () => {
      fc.assert(
        fc.property(steps, rules, fc.nat(), (made, rule, at) => {
          const tape = tapeOf(made);
          const whole = barsOf(rule, tape);
          const place = tape[at % tape.length]!;
          const stretches = [...Map.groupBy(tape, ({ timeMs }) => timeMs - (timeMs % 10_000))].map(
            ([openTimeMs, within]) => spanOf(openTimeMs, within),
          );
          const dayMs = place.timeMs - (place.timeMs % DAY_MS);
          const placeMs = place.timeMs - (place.timeMs % 10_000);
          const spans = stretches.filter(({ openTimeMs }) => openTimeMs >= dayMs && openTimeMs < placeMs);
          const previousTradeId = tape.findLast(({ timeMs }) => timeMs < dayMs)?.tradeId ?? null;
          const fold = new BarFold(parseBarRule(rule)!, BTC, { spans, previousTradeId });
          const bars = tape.filter(({ timeMs }) => timeMs >= placeMs).flatMap((one) => fold.add(one));
          const seen = fold.underWay === null ? bars : [...bars, fold.underWay];
          expect(seen).toEqual(seen.length === 0 ? [] : whole.slice(-seen.length));
          const begun = whole.filter(({ firstTimeMs }) => firstTimeMs >= placeMs);
          expect(seen.length).toBeGreaterThanOrEqual(begun.length - (spans.length > 0 ? 1 : 0));
        }),
      );
    });
  });
});
