import { describe, expect, it } from '@jest/globals';
import { decimal } from '../decimal.ts';
import type { Trade } from '../market-data/trade.ts';
import { foldTrade, startFold, type ClosedCandle, type LateTrade } from './fold.ts';

const trade = (tradeId: number, timeMs: number): Trade => ({
  instrumentId: 'binance:BTC-USDT',
  tradeId,
  timeMs,
  price: decimal('100'),
  quantity: decimal('1'),
  takerSide: 'BUY',
});

/** @returns the candles that are to be looked at again, though no trade came late for them */
function doubted(...trades: readonly Trade[]) {
  const fold = startFold('binance:BTC-USDT', ['1s', '30s', '1m', '5m']);
  const outcomes = { closed: [] as ClosedCandle[], late: [] as LateTrade[] };
  for (const one of trades) foldTrade(fold, one, outcomes);
  return outcomes.late
    .filter(({ isNeighbour }) => isNeighbour === true)
    .map(({ interval, trade: { timeMs, tradeId } }) => [interval, timeMs, tradeId]);
}

describe('a trade that comes late into an open candle', () => {
  const before = [trade(1, 58_000), trade(2, 59_900)];

  it('puts into doubt what closed before it, which lacked nothing but it', () => {
    expect(doubted(...before, trade(4, 60_200), trade(3, 60_100))).toEqual([
      ['1s', 59_900, 2],
      ['30s', 59_900, 2],
      ['1m', 59_900, 2],
    ]);
  });

  it('does so once, where it is the next one, whatever else is missing', () => {
    const gap = [...before, trade(5, 60_200)];
    expect(doubted(...gap, trade(4, 60_150))).toEqual([]);
    expect(doubted(...gap, trade(4, 60_150), trade(3, 60_100))).toHaveLength(3);
    expect(doubted(...gap, trade(3, 60_100), trade(4, 60_150))).toHaveLength(3);
  });

  it('does not where it came late for a closed one, whose neighbours are looked at anyhow', () => {
    expect(doubted(...before, trade(4, 61_200), trade(3, 60_100))).toEqual([]);
  });
});
