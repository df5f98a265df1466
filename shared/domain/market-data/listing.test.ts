import { describe, expect, it } from '@jest/globals';
import { listingAt, MAX_CHANGES, withChange, type KnownListing, type Listing } from './listing.ts';

const listing = (priceStep: string): Listing => ({
  instrumentId: 'binance:BTC-USDT',
  symbol: 'BTCUSDT',
  status: 'trading',
  priceStep,
  quantityStep: null,
  leastQuantity: null,
  leastNotional: null,
});

function told(...steps: readonly (readonly [fromMs: number, priceStep: string])[]): readonly KnownListing[] {
  let changes: readonly KnownListing[] = [];
  for (const [fromMs, step] of steps) changes = withChange(changes, listing(step), fromMs) ?? changes;
  return changes;
}

const shown = (changes: readonly KnownListing[]) =>
  changes.map(({ fromMs, priceStep }) => [fromMs, priceStep]);

describe('what is known of a listing', () => {
  it('is each change with the time from which it was known', () => {
    expect(shown(told([10, '0.1'], [20, '0.1'], [30, '0.01'], [40, '0.1']))).toEqual([
      [10, '0.1'],
      [30, '0.01'],
      [40, '0.1'],
    ]);
  });

  it('is what was known on a day, so that a backtest rounds by the steps of its own', () => {
    const changes = told([10, '0.1'], [30, '0.01']);
    expect([9, 10, 29, 30, 99].map((timeMs) => listingAt(changes, timeMs)?.priceStep)).toEqual([
      undefined,
      '0.1',
      '0.1',
      '0.01',
      '0.01',
    ]);
  });

  it('takes what was known earlier at its place, and what is told again not at all', () => {
    const changes = told([30, '0.01'], [10, '0.1']);
    expect(shown(changes)).toEqual([
      [10, '0.1'],
      [30, '0.01'],
    ]);
    expect(withChange(changes, listing('0.1'), 10)).toBeNull();
    expect(withChange(changes, listing('0.1'), 20)).toBeNull();
  });

  it('is so much and no more: the oldest are forgotten', () => {
    const many = told(...Array.from({ length: 500 }, (_, n) => [n, n % 2 === 0 ? '1' : '2'] as const));
    expect(many).toHaveLength(MAX_CHANGES);
    expect(many.at(-1)?.fromMs).toBe(499);
  });
});
