import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, ONE } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
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
import { intervalMs, openTimeOf, type Interval } from './interval.ts';
import { refoldTrades, revisionOf } from './refold.ts';

const INSTRUMENT = 'binance:BTC-USDT';

function trade(
  tradeId: number,
  timeMs: number,
  price = '100',
  quantity = '1',
  takerSide: Trade['takerSide'] = 'BUY',
): Trade {
  return {
    instrumentId: INSTRUMENT,
    tradeId,
    timeMs,
    price: decimal(price),
    quantity: decimal(quantity),
    takerSide,
  };
}

function run(fold: InstrumentFold, trades: readonly Trade[]): { closed: ClosedCandle[]; late: LateTrade[] } {
  const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
  for (const one of trades) foldTrade(fold, one, outcomes);
  return outcomes;
}

function watermark(fold: InstrumentFold, timeMs: number, nextTradeId?: number): ClosedCandle[] {
  const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
  advanceWatermark(fold, timeMs, outcomes, nextTradeId);
  return outcomes.closed;
}

/** A tape as venues send it: ids without gaps, times never going back. */
const tape = fc
  .array(
    fc.record({
      gapMs: fc.integer({ min: 0, max: 1500 }),
      cents: fc.integer({ min: 1, max: 100_000 }),
      lots: fc.integer({ min: 1, max: 1000 }),
      buys: fc.boolean(),
    }),
    { minLength: 1, maxLength: 200 },
  )
  .map((steps) => {
    let timeMs = 1_000_000;
    return steps.map(({ gapMs, cents, lots, buys }, i): Trade => {
      timeMs += gapMs;
      return {
        instrumentId: INSTRUMENT,
        tradeId: 10 + i,
        timeMs,
        price: BigInt(cents) * (ONE / 100n),
        quantity: BigInt(lots) * (ONE / 1000n),
        takerSide: buys ? 'BUY' : 'SELL',
      };
    });
  });

/** Some trades arrive a few places behind their turn. */
const disorderedTape = fc
  .tuple(tape, fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 200, maxLength: 200 }))
  .map(([trades, delays]) =>
    trades
      .map((one, i) => ({ one, place: i + delays[i]! }))
      .sort((a, b) => a.place - b.place)
      .map(({ one }) => one),
  );

const GAP = qualityOf('gap');

describe('ids that are missing', () => {
  const flags = (candles: readonly ClosedCandle[]) =>
    candles.map(({ quality, complete }) => [quality, complete]);

  it('flag what closes without them: by the trade behind them, and by its watermark', () => {
    const before = [trade(1, 1000), trade(2, 1500)];
    const byTrade = run(startFold(INSTRUMENT, ['1s']), [...before, trade(4, 2000)]).closed;
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, before);
    expect(flags(byTrade)).toEqual([[GAP, false]]);
    expect(watermark(fold, 2000, 4)).toEqual(byTrade);
  });

  it('flag nothing any more once they have come', () => {
    const fold = startFold(INSTRUMENT, ['1s', '30s']);
    run(fold, [trade(1, 0), trade(3, 500)]);
    run(fold, [trade(2, 400)]);
    expect(flags(watermark(fold, 1000))).toEqual([[undefined, true]]);
    run(fold, [trade(4, 1000), trade(6, 2000), trade(5, 1999)]);
    expect(flags(watermark(fold, 30_000, 7))).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
  });
});

describe('folding trades into candles', () => {
  it('conserves volume, quote volume and count', () => {
    fc.assert(
      fc.property(tape, (trades) => {
        const fold = startFold(INSTRUMENT, ['1s', '1m']);
        const { closed, late } = run(fold, trades);
        expect(late).toEqual([]);
        for (const interval of ['1s', '1m'] as const) {
          const candles = [
            ...closed.filter((candle) => candle.interval === interval),
            candleUnderWay(fold, interval)!,
          ];
          const sum = (
            pick: (candle: { volume: bigint; quoteVolume: bigint; tradeCount: number }) => bigint,
          ): bigint => candles.reduce((total, candle) => total + pick(candle), 0n);
          expect(sum((candle) => candle.volume)).toBe(
            trades.reduce((total, one) => total + one.quantity, 0n),
          );
          expect(sum((candle) => candle.quoteVolume)).toBe(
            trades.reduce((total, one) => total + (one.price * one.quantity) / ONE, 0n),
          );
          expect(sum((candle) => BigInt(candle.tradeCount))).toBe(BigInt(trades.length));
        }
      }),
    );
  });

  it('ends in the same state and candles however the tape is repeated from some point on', () => {
    fc.assert(
      fc.property(tape, fc.nat(), fc.nat(), (trades, from, to) => {
        const [a, b] = [from % trades.length, to % trades.length].sort((x, y) => x - y) as [number, number];
        const once = startFold(INSTRUMENT, ['1s', '1m']);
        const twice = startFold(INSTRUMENT, ['1s', '1m']);
        const closedOnce = run(once, trades).closed;
        const closedTwice = [
          ...run(twice, trades.slice(0, b + 1)).closed,
          ...run(twice, trades.slice(a)).closed,
        ];
        expect(closedTwice).toEqual(closedOnce);
        expect(twice).toEqual(once);
      }),
    );
  });

  it('gives the same candle whatever the order inside it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const trades = order.map((n) => trade(10 + n, 1_000_000 + 50 * n, String(100 + n)));
        const fold = startFold(INSTRUMENT, ['1s']);
        run(fold, [trade(9, 999_999)]);
        run(fold, trades);
        const candle = candleUnderWay(fold, '1s')!;
        expect([candle.open, candle.close, candle.firstTradeId, candle.lastTradeId]).toEqual([
          decimal('100'),
          decimal('105'),
          10,
          15,
        ]);
      }),
    );
  });

  it('breaks ties of one millisecond by trade id', () => {
    const fold = startFold(INSTRUMENT, ['1m']);
    run(fold, [trade(5, 60_000, '1'), trade(7, 60_010, '3'), trade(6, 60_010, '2')]);
    expect(candleUnderWay(fold, '1m')?.close).toBe(decimal('3'));
  });

  it('closes a candle at its end and not a millisecond before', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 5_000)]);
    expect(watermark(fold, 5_999)).toEqual([]);
    expect(watermark(fold, 6_000)).toHaveLength(1);
    expect(watermark(fold, 7_000)).toEqual([]);
  });

  it('makes no candle of an interval without trades, and names the one before', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    const { closed } = run(fold, [trade(1, 1_000), trade(2, 2_000), trade(3, 9_000), trade(4, 10_000)]);
    expect(closed.map((candle) => [candle.openTimeMs, candle.previousOpenTimeMs])).toEqual([
      [1_000, null],
      [2_000, 1_000],
      [9_000, 2_000],
    ]);
  });

  it('counts what the aggressor bought', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000, '1', '2', 'BUY'), trade(2, 1_001, '1', '3', 'SELL')]);
    const candle = candleUnderWay(fold, '1s')!;
    expect([candle.volume, candle.takerBuyVolume]).toEqual([decimal('5'), decimal('2')]);
  });
});

describe('a candle is complete', () => {
  const closeOf = (trades: readonly Trade[]): boolean[] => {
    const fold = startFold(INSTRUMENT, ['1s']);
    return run(fold, trades).closed.map((candle) => candle.complete);
  };

  it('only when it was watched from its open', () => {
    expect(closeOf([trade(1, 1_500), trade(2, 2_000), trade(3, 3_000)])).toEqual([false, true]);
  });

  it('only when no trade id is missing inside or right before it', () => {
    expect(closeOf([trade(1, 1_000), trade(2, 2_000), trade(4, 2_001), trade(5, 3_000)])).toEqual([
      true,
      false,
    ]);
    expect(closeOf([trade(1, 1_000), trade(3, 2_000), trade(4, 3_000), trade(5, 4_000)])).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('only when no trade id is missing between its last trade and the one that closes it', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    const { closed } = run(fold, [trade(1, 60_000), trade(2, 119_900), trade(4, 120_100)]);
    expect(closed.map(({ interval, openTimeMs, complete }) => [interval, openTimeMs, complete])).toEqual([
      ['1s', 60_000, true],
      ['1s', 119_000, false],
      ['1m', 60_000, false],
    ]);
  });

  it('where the trade that closes it comes late', () => {
    expect(closeOf([trade(1, 1_000), trade(3, 1_100), trade(2, 2_000), trade(4, 3_000)])).toEqual([
      true,
      true,
    ]);
  });

  it('only when the trade behind its watermark is known to leave no gap', () => {
    for (const [nextTradeId, complete] of [
      [undefined, true],
      [3, true],
      [4, false],
      // The ids begin anew: nobody knows how many came before.
      [2, false],
    ] as const) {
      const fold = startFold(INSTRUMENT, ['1s', '1m']);
      run(fold, [trade(1, 60_000), trade(2, 119_900)]);
      const closed = watermark(fold, 120_000, nextTradeId);
      expect(closed.map((candle) => candle.complete)).toEqual([complete, complete]);
    }
  });

  it('by what was known when a heartbeat closed it, whatever is missing afterwards', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000), trade(2, 2_000)]);
    expect(watermark(fold, 3_000).map((candle) => candle.complete)).toEqual([true]);
    expect(run(fold, [trade(4, 4_000), trade(5, 5_000)]).closed.map((candle) => candle.complete)).toEqual([
      false,
    ]);
  });

  it('or not, whether the trade behind its end closes it or the watermark that a replay sends before that', () => {
    const events = fc.record({ lost: fc.boolean(), interrupted: fc.boolean() });
    fc.assert(
      fc.property(tape, fc.array(events, { minLength: 200, maxLength: 200 }), (trades, happens) => {
        const [live, replayed] = [1, 2].map(() => startFold(INSTRUMENT, ['1s', '1m'])) as [
          InstrumentFold,
          InstrumentFold,
        ];
        const closedLive: ClosedCandle[] = [];
        const closedReplayed: ClosedCandle[] = [];
        for (const [i, one] of trades.entries()) {
          if (happens[i]!.interrupted) for (const fold of [live, replayed]) noteInterruption(fold);
          if (happens[i]!.lost && i > 0) continue;
          closedLive.push(...run(live, [one]).closed);
          const second = one.timeMs - (one.timeMs % 1000);
          if (i > 0) closedReplayed.push(...watermark(replayed, second, one.tradeId));
          closedReplayed.push(...run(replayed, [one]).closed);
        }
        expect(closedReplayed).toEqual(closedLive);
        expect(replayed).toEqual(live);
      }),
    );
  });

  it('again once the missing trade has come in time', () => {
    expect(
      closeOf([trade(1, 1_000), trade(2, 2_000), trade(4, 2_001), trade(3, 2_000), trade(5, 3_000)]),
    ).toEqual([true, true]);
  });

  it('not when the connection broke and nothing has proved since that no trade was missed', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000), trade(2, 2_000)]);
    noteInterruption(fold);
    expect(watermark(fold, 3_000).map((candle) => candle.complete)).toEqual([false]);
  });

  it('when the first trade after a broken connection follows the last one before it', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000), trade(2, 2_000)]);
    noteInterruption(fold);
    expect(run(fold, [trade(3, 3_000)]).closed.map((candle) => candle.complete)).toEqual([true]);
  });
});

describe('a late trade', () => {
  it('leaves the open candle of another second alone', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    run(fold, [trade(1, 60_000), trade(3, 61_000)]);
    const before = candleUnderWay(fold, '1s');
    const { late } = run(fold, [trade(2, 60_500)]);
    expect(late.map(({ interval }) => interval)).toEqual(['1s']);
    expect(candleUnderWay(fold, '1s')).toEqual(before);
    expect(candleUnderWay(fold, '1m')?.tradeCount).toBe(3);
  });

  it('is one for every interval whose candle is closed, and goes straight into the shortest that is open', () => {
    const fold = startFold(INSTRUMENT, ['1s', '30s', '1m', '1h']);
    run(fold, [trade(1, 60_000), trade(3, 95_000)]);
    expect(run(fold, [trade(2, 60_500)]).late.map(({ interval }) => interval)).toEqual(['1s', '30s']);
    expect(candleUnderWay(fold, '1m')?.tradeCount).toBe(3);
  });

  it('that may be known is one for every interval, and goes into none', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    run(fold, [trade(5, 60_000), trade(6, 61_000)]);
    const before = structuredClone(fold);
    for (const undecided of [trade(5, 60_000), trade(4, 59_000), trade(4, 60_100)])
      expect(run(fold, [undecided]).late.map(({ interval }) => interval)).toEqual(['1s', '1m']);
    expect(fold).toEqual(before);
  });
});

describe('a tape that begins out of its order', () => {
  it('has its first candle as if it had begun in order', () => {
    const inOrder = [0, 1, 2, 3, 4].map((n) => trade(100 + n, 60_000 + 100 * n, String(60_000 + n)));
    const [a, b, c, ...rest] = inOrder;
    const expected = startFold(INSTRUMENT, ['1s', '1m']);
    run(expected, inOrder);
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    expect(run(fold, [c!, a!, b!, ...rest]).late).toEqual([]);
    for (const interval of ['1s', '1m'] as const)
      expect(candleUnderWay(fold, interval)).toEqual(candleUnderWay(expected, interval));
    expect(fold.seen).toEqual(expected.seen);
    expect(watermark(fold, 120_000).map((candle) => candle.complete)).toEqual([true, true]);
  });

  it('knows what came before that in no time', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    run(fold, [trade(3, 61_000), trade(4, 61_500)]);
    // Its second is closed, and its minute is not.
    expect(run(fold, [trade(2, 60_900)]).late.map(({ interval }) => interval)).toEqual(['1s']);
    expect(candleUnderWay(fold, '1m')).toMatchObject({ tradeCount: 3, firstTradeId: 2 });
  });
});

describe('a venue whose ids begin anew', () => {
  it('goes on, the candle is flagged, and only those next to the reset are incomplete', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    const { closed, late } = run(fold, [
      trade(900, 60_000),
      trade(901, 61_000),
      trade(0, 62_000),
      trade(1, 63_000),
      trade(2, 64_000),
      trade(3, 120_000),
      trade(4, 121_000),
      trade(5, 180_000),
    ]);
    expect(late).toEqual([]);
    const told = (interval: Interval) =>
      closed
        .filter((candle) => candle.interval === interval)
        .map(({ openTimeMs, complete, quality = 0 }) => [openTimeMs / 1000, complete, quality]);
    expect(told('1s')).toEqual([
      [60, true, 0],
      [61, false, 0],
      [62, false, qualityOf('reset')],
      [63, true, 0],
      [64, true, 0],
      [120, true, 0],
      [121, true, 0],
    ]);
    expect(told('1m')).toEqual([
      [60, false, qualityOf('reset')],
      [120, true, 0],
    ]);
  });

  it('is so whether the trade closes what came before or the watermark that a replay sends', () => {
    const trades = [trade(900, 60_000), trade(901, 61_000), trade(0, 62_000), trade(1, 62_100)];
    const live = startFold(INSTRUMENT, ['1s', '1m']);
    const replayed = startFold(INSTRUMENT, ['1s', '1m']);
    const closedLive = run(live, trades).closed;
    const closedReplayed = trades.flatMap((one, n) => [
      ...(n === 0 ? [] : watermark(replayed, openTimeOf(one.timeMs, '1s'), one.tradeId)),
      ...run(replayed, [one]).closed,
    ]);
    expect(closedReplayed).toEqual(closedLive);
    expect(replayed).toEqual(live);
  });
});

describe('a trade that is ahead of the time', () => {
  it('moves no watermark, closes nothing and is in no candle before its time has come', () => {
    const fold = startFold(INSTRUMENT, ['1s', '1m']);
    run(fold, [trade(1, 60_000), trade(2, 60_100)]);
    const ahead = { ...trade(3, 90_000, '999'), quality: qualityOf('future-time') };
    const { closed, late } = run(fold, [ahead, trade(4, 60_900)]);
    expect(closed).toEqual([]);
    expect(late.map(({ interval }) => interval)).toEqual(['1s', '1m']);
    expect(fold.watermarkMs).toBe(60_900);
    expect(candleUnderWay(fold, '1m')).toMatchObject({ tradeCount: 3, high: decimal('100') });
  });
});

describe('the closing trade', () => {
  const closeOf = (fold: InstrumentFold) => fold.closingTrade?.price ?? null;

  it('is none before a candle has closed', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000)]);
    expect(closeOf(fold)).toBeNull();
  });

  it('is the last one of the candle that closed last, and not of the one under way', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000, '5'), trade(2, 1_900, '6'), trade(3, 2_000, '7')]);
    expect(fold.closingTrade).toEqual({ price: decimal('6'), timeMs: 1_900, tradeId: 2 });
    watermark(fold, 3_000);
    expect(closeOf(fold)).toBe(decimal('7'));
  });

  it('is a late one where that revises the close', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000, '5'), trade(3, 1_500, '6'), trade(5, 2_000)]);
    run(fold, [trade(2, 1_200, '7')]);
    expect(closeOf(fold)).toBe(decimal('6'));
    run(fold, [trade(4, 1_500, '8')]);
    expect(closeOf(fold)).toBe(decimal('8'));
  });

  it('is a late one that makes a candle behind the last, whose successor still names the one announced', () => {
    const fold = startFold(INSTRUMENT, ['1s']);
    run(fold, [trade(1, 1_000, '5'), trade(3, 5_000, '6'), trade(2, 3_000, '7')]);
    expect(closeOf(fold)).toBe(decimal('7'));
    expect(watermark(fold, 6_000)).toMatchObject([{ previousOpenTimeMs: 1_000 }]);
    expect(closeOf(fold)).toBe(decimal('6'));
  });

  it('has the price of the latest close whatever comes late, and lies in that candle', () => {
    fc.assert(
      fc.property(disorderedTape, (trades) => {
        const fold = startFold(INSTRUMENT, ['1s', '1m']);
        const stored = new Map<string, Candle>();
        const all: Trade[] = [];
        const keep = (candle: Candle): unknown =>
          stored.set(`${candle.interval} ${candle.openTimeMs}`, candle);
        for (const one of trades) {
          const { closed, late } = run(fold, [one]);
          closed.forEach(keep);
          all.push(one);
          for (const item of late) {
            const openTimeMs = openTimeOf(item.trade.timeMs, item.interval);
            const held = all
              .filter(({ timeMs }) => openTimeOf(timeMs, item.interval) === openTimeMs)
              .sort((a, b) => a.timeMs - b.timeMs || a.tradeId - b.tradeId);
            const base = stored.get(`${item.interval} ${openTimeMs}`) ?? null;
            const [made] = refoldTrades(held, item.interval, { before: null, after: null });
            // A trade before the first of all may lie in a candle that is still open.
            if (openTimeMs + intervalMs(item.interval) <= fold.watermarkMs)
              keep(revisionOf(base, made!) ?? base!);
          }
          const { closingTrade } = fold;
          const latest = [...stored.values()]
            .filter((candle) => candle.interval === '1s')
            .reduce<Candle | null>((a, b) => (a !== null && a.openTimeMs > b.openTimeMs ? a : b), null);
          expect(closingTrade?.price).toBe(latest?.close);
          expect(closingTrade && openTimeOf(closingTrade.timeMs, '1s')).toBe(latest && latest.openTimeMs);
        }
      }),
    );
  });
});
