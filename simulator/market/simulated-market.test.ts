import { describe, expect, it } from '@jest/globals';
import { listingsOf } from './listing.ts';
import { changesOf, changesWithin, type Level } from './market-book.ts';
import { SimulatedMarket, TICK_MS, type MarketTrade } from './simulated-market.ts';

const TICK = (Date.UTC(2026, 0, 1) / TICK_MS) | 0;
const START = Date.UTC(2026, 0, 1) / TICK_MS;
const market = new SimulatedMarket(7, 6);
const binance = listingsOf('binance', 12);
const kraken = listingsOf('kraken', 12);
const [bitcoin] = binance;
const ticks = (count: number): number[] => Array.from({ length: count }, (_, n) => START + n);
const tape = (from: SimulatedMarket, listing = bitcoin!, count = 600): MarketTrade[] =>
  ticks(count).flatMap((tick) => from.tradesOf(listing, tick));

/** Logarithms of what a second's last trade cost over the one before. */
function returnsOf(listing: typeof bitcoin, seconds: number): number[] {
  const prices = Array.from({ length: seconds }, (_, second) => {
    const { bids, asks } = market.bookOf(listing!, START + second * 10);
    return Math.log((bids[0]![0] + asks[0]![0]) / 2);
  });
  return prices.slice(1).map((price, n) => price - prices[n]!);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (of: readonly number[]): number => of.reduce((sum, each) => sum + each, 0) / of.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number): number =>
    mean(x.map((each, n) => (each - mx) * (y[n]! - my)));
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB));
}

describe('the market that simulated venues trade', () => {
  it('is the same whenever it is asked for, and another for another seed', () => {
    expect(tape(new SimulatedMarket(7, 6))).toEqual(tape(market));
    expect(market.bookOf(bitcoin!, TICK)).toEqual(new SimulatedMarket(7, 6).bookOf(bitcoin!, TICK));
    expect(tape(new SimulatedMarket(8, 6))).not.toEqual(tape(market));
  });

  it('numbers trades without a gap, in the order of their times', () => {
    const trades = tape(market);
    expect(trades).toHaveLength(360);
    for (const [n, { number, timeMs }] of trades.entries()) {
      expect(number).toBe(trades[0]!.number + n);
      expect(timeMs).toBeGreaterThanOrEqual(trades[Math.max(0, n - 1)]!.timeMs);
    }
  });

  it('has books with a spread, sorted, with holes, whose levels change', () => {
    for (const listing of [...binance, ...kraken])
      for (const tick of ticks(20)) {
        const { bids, asks } = market.bookOf(listing, tick);
        expect(bids[0]![0]).toBeLessThan(asks[0]![0]);
        expect(bids.map(([price]) => price)).toEqual([...bids.map(([price]) => price)].sort((a, b) => b - a));
        expect(asks.map(([price]) => price)).toEqual([...asks.map(([price]) => price)].sort((a, b) => a - b));
        expect([...bids, ...asks].every(([price, quantity]) => price > 0 && quantity > 0)).toBe(true);
        expect(bids.length).toBeGreaterThan(20);
      }
    const changes = ticks(50).map(
      (tick) => changesOf(market.bookOf(bitcoin!, tick).bids, market.bookOf(bitcoin!, tick + 1).bids).length,
    );
    expect(Math.min(...changes)).toBeGreaterThan(0);
  });

  it('prints trades at the best price that the tick before left, and takes them out of it', () => {
    let seen = 0;
    let isMissing = 0;
    for (const tick of ticks(300)) {
      const before = market.bookOf(bitcoin!, tick - 1);
      for (const { isBuy, priceTicks, quantitySteps } of market.tradesOf(bitcoin!, tick)) {
        const [best] = isBuy ? before.asks : before.bids;
        expect(priceTicks).toBe(best![0]);
        expect(quantitySteps).toBeLessThanOrEqual(best![1]);
        const after = market.bookOf(bitcoin!, tick);
        const left = (isBuy ? after.asks : after.bids).find(([price]) => price === priceTicks);
        if (left !== undefined && left[1] < best![1]) isMissing++;
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(150);
    expect(isMissing).toBeGreaterThan(20);
  });

  it('moves its instruments together, and one asset at two venues as one', () => {
    const [btc, eth] = [returnsOf(binance[0], 900), returnsOf(binance[1], 900)];
    expect(correlation(btc, eth)).toBeGreaterThan(0.3);
    expect(correlation(btc, eth)).toBeLessThan(0.9);
    expect(correlation(btc, returnsOf(kraken[0], 900))).toBeGreaterThan(0.9);
  });

  it('jumps now and then, by more than it ever moves within a second otherwise', () => {
    const moves = returnsOf(bitcoin, 1800)
      .map(Math.abs)
      .sort((a, b) => a - b);
    expect(moves.at(-1)!).toBeGreaterThan(0.002);
    expect(moves[Math.floor(moves.length * 0.99)]!).toBeLessThan(0.0025);
    expect(moves.at(-1)!).toBeLessThan(0.02);
  });
});

describe('changes of a book', () => {
  const side: Level[] = [
    [10, 1],
    [9, 2],
    [8, 3],
  ];

  it('tell what came, what changed and what is gone', () => {
    expect(
      changesOf(side, [
        [11, 5],
        [10, 1],
        [9, 4],
      ]),
    ).toEqual([
      [11, 5],
      [9, 4],
      [8, 0],
    ]);
  });

  it('within a depth tell nothing of a level that falls out, and of one that comes back in', () => {
    expect(changesWithin(2, side, [[11, 5], ...side])).toEqual([[11, 5]]);
    expect(changesWithin(2, side, side.slice(1))).toEqual([
      [8, 3],
      [10, 0],
    ]);
  });
});
