import { describe, expect, it } from '@jest/globals';
import type { Trade } from '../domain/market-data/trade.ts';
import { storedTrades } from './stored-trades.ts';

const INSTRUMENT = 'binance:BTC-USDT';

function storeOf(trades: readonly Trade[]) {
  return {
    between: async (_id: string, fromMs: number, toMs: number, limit: number) =>
      trades.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs).slice(0, limit),
  };
}

const trade = (tradeId: number, timeMs: number): Trade => ({
  instrumentId: INSTRUMENT,
  tradeId,
  timeMs,
  price: 1n,
  quantity: 1n,
  takerSide: 'BUY',
});

describe('stored trades', () => {
  it('come each once and in order, over pages whose ends lie within a millisecond', async () => {
    const trades = Array.from({ length: 25_000 }, (_, n) => trade(n, 5000 + Math.floor(n / 700)));
    const read: number[] = [];
    for await (const page of storedTrades(storeOf(trades), INSTRUMENT, { fromMs: 5000, toMs: 5030 }))
      read.push(...page.map(({ tradeId }) => tradeId));
    expect(read).toEqual(Array.from({ length: 30 * 700 }, (_, n) => n));
  });

  it('are not passed over where a millisecond has more of them than a page holds', async () => {
    const trades = Array.from({ length: 10_001 }, (_, n) => trade(n, 5000));
    const stored = storedTrades(storeOf(trades), INSTRUMENT, { fromMs: 0, toMs: 9000 });
    expect((await stored.next()).value).toHaveLength(10_000);
    await expect(stored.next()).rejects.toThrow('more than 10000 trades at 5000');
  });
});
