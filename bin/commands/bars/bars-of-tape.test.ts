import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBarRule } from '../../../shared/domain/candles/bar-rule.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import type { TapeStep } from '../../../shared/engine/tape-folds.ts';
import { barsPlainly } from '../../../test/support/bars-plainly.ts';
import { BarsOfTape } from './bars-of-tape.ts';

const ONE = 10n ** 12n;
const trade = (tradeId: number, timeMs = tradeId, instrumentId = 'binance:BTC-USDT'): Trade => ({
  instrumentId,
  tradeId,
  price: 10n * ONE,
  quantity: ONE,
  takerSide: 'BUY',
  timeMs,
});
const steps = (trades: readonly Trade[]): TapeStep[] => trades.map((one) => ({ kind: 'trade', trade: one }));

function barsOf(
  rule: string,
  tape: readonly TapeStep[],
  bounds?: ConstructorParameters<typeof BarsOfTape>[1],
) {
  const folded = new BarsOfTape(parseBarRule(rule)!, bounds);
  for (const step of tape) folded.take(step);
  if (folded.isUnordered) for (const step of tape) folded.takeAgain(step);
  return folded.bars();
}

describe('the bars of a tape', () => {
  it('are those of its trades, each once, in whichever order they come', () => {
    const tape = fc.array(
      fc.record({
        id: fc.nat(20),
        timeMs: fc.integer({ min: 86_300_000, max: 86_500_000 }),
        other: fc.boolean(),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(tape, fc.integer({ min: 1, max: 5 }), (made, size) => {
        const trades = made.map(({ id, timeMs, other }) =>
          trade(id, timeMs, other ? 'binance:ETH-USDT' : 'binance:BTC-USDT'),
        );
        const rule = `tick:${size}`;
        const expected = ['binance:BTC-USDT', 'binance:ETH-USDT'].flatMap((id) =>
          barsPlainly(
            trades.filter(({ instrumentId }) => instrumentId === id),
            parseBarRule(rule)!,
          ),
        );
        const { bars, repeated } = barsOf(rule, steps(trades));
        expect(bars).toEqual(expected);
        expect(repeated).toBe(trades.length - bars.reduce((sum, { tradeCount }) => sum + tradeCount, 0));
      }),
    );
  });

  it('of a trade that is told again otherwise have it as it was told first', () => {
    const { bars } = barsOf('tick:1', steps([trade(2), trade(1), { ...trade(1), price: ONE }]));
    expect(bars.map(({ open }) => open)).toEqual([10n * ONE, 10n * ONE]);
  });

  it('of a day are over when the instrument, or its exchange, has passed it', () => {
    const day = 86_400_000;
    const closed = (...more: TapeStep[]) =>
      barsOf('tick:9', [...steps([trade(1)]), ...more]).bars.map((bar) => bar.closed);
    const watermark = (timeMs: number): TapeStep => ({
      kind: 'watermarks',
      watermarks: [{ instrumentId: 'binance:BTC-USDT', timeMs, nextTradeId: null }],
    });
    expect(closed(watermark(day - 1))).toEqual([false]);
    expect(closed(watermark(day))).toEqual([true]);
    expect(closed({ kind: 'heartbeat', exchange: 'binance', watermarkMs: day })).toEqual([true]);
    expect(closed({ kind: 'heartbeat', exchange: 'kraken', watermarkMs: day })).toEqual([false]);
  });

  it('are refused where there are more than anybody reads, also of trades that were out of order', () => {
    const bounds = { bars: 3, heldTrades: 100 };
    const refusal = '--by: expected a size that makes at most 3 bars, got "tick:1"';
    expect(barsOf('tick:1', steps([1, 2, 3].map((id) => trade(id))), bounds).bars).toHaveLength(3);
    expect(() => barsOf('tick:1', steps([1, 2, 3, 4].map((id) => trade(id))), bounds)).toThrow(refusal);
    expect(barsOf('tick:1', steps([3, 2, 1].map((id) => trade(id))), bounds).bars).toHaveLength(3);
    expect(() => barsOf('tick:1', steps([4, 3, 2, 1].map((id) => trade(id))), bounds)).toThrow(refusal);
  });

  it('are refused where too many trades would have to be held to be put in order', () => {
    const bounds = { bars: 100, heldTrades: 3 };
    expect(barsOf('tick:1', steps([1, 2, 3, 4].map((id) => trade(id))), bounds).bars).toHaveLength(4);
    expect(() => barsOf('tick:1', steps([4, 1, 2, 3].map((id) => trade(id))), bounds)).toThrow(
      'binance:BTC-USDT: expected at most 3 trades where they are not in order of their times',
    );
  });
});
