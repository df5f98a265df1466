import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decimal, formatDecimal, ZERO } from '../decimal.ts';
import type { Trade } from '../market-data/trade.ts';
import { BarFold, formatBarRule, parseBarRule, type Bar } from './bars.ts';

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
  bars.map((bar) => [bar.number, bar.firstTradeId, bar.lastTradeId, formatDecimal(bar.volume), bar.closed]);

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
      number: 0,
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
        expect(bars.map((bar) => ({ ...bar, closed: true }))).toEqual(
          alone.map((bar) => ({ ...bar, closed: true })),
        );
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
});

describe('a rule for bars', () => {
  it.each(['tick:100', 'volume:2.5', 'dollar:1000000'])('%s is read and written', (text) => {
    expect(formatBarRule(parseBarRule(text)!)).toBe(text);
  });

  it.each([
    '',
    'tick',
    'tick:',
    'tick:0',
    'tick:1.5',
    'volume:-1',
    'volume:1e3',
    'euro:1',
    'tick:1:1',
    'dollar:x',
  ])('%j is none', (text) => {
    expect(parseBarRule(text)).toBeNull();
  });
});
