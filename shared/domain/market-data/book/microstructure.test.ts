import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, formatDecimal } from '../../decimal.ts';
import { depthsOf, microstructureOf, type BestLevel } from './microstructure.ts';
import { OrderBook, type ToldLevel } from './order-book.ts';

const level = (price: string, quantity: string): BestLevel => ({
  price: decimal(price),
  quantity: decimal(quantity),
});

describe('what the best prices of a book say', () => {
  it('is the spread, the middle, the price weighted towards the thinner side, and who offers more', () => {
    expect(microstructureOf(level('100', '3'), level('101', '1'))).toEqual({
      spread: decimal('1'),
      mid: decimal('100.5'),
      // (100 × 1 + 101 × 3) / 4
      microprice: decimal('100.75'),
      imbalance: 0.5,
    });
  });

  it('is nothing where a side is empty, and no more than the middle where nothing is offered', () => {
    expect(microstructureOf(null, level('101', '1'))).toBeNull();
    expect(microstructureOf(level('100', '1'), null)).toBeNull();
    expect(microstructureOf(level('100', '0'), level('101', '0'))).toMatchObject({
      mid: decimal('100.5'),
      microprice: null,
      imbalance: null,
    });
  });

  it('lies between the best prices, and shows the same imbalance with other signs from the other side', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 26n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (price, spread, bidQuantity, askQuantity) => {
        const bid = { price, quantity: bidQuantity };
        const ask = { price: price + spread, quantity: askQuantity };
        const { mid, microprice, imbalance } = microstructureOf(bid, ask)!;
        for (const between of [mid, microprice!]) {
          expect(between).toBeGreaterThanOrEqual(bid.price);
          expect(between).toBeLessThanOrEqual(ask.price);
        }
        expect(Math.abs(imbalance!)).toBeLessThanOrEqual(1);
        const turned = microstructureOf({ ...bid, quantity: askQuantity }, { ...ask, quantity: bidQuantity });
        expect(turned!.imbalance).toBe(imbalance === 0 ? 0 : -imbalance!);
      }),
    );
  });
});

describe('the depth of a book', () => {
  /** Around 10,000, where a basis point is 1. */
  const book = (bids: readonly ToldLevel[], asks: readonly ToldLevel[]): OrderBook => {
    const made = new OrderBook();
    made.load({ bids, asks });
    return made;
  };
  const shown = (made: OrderBook, tellsAll = false) =>
    depthsOf(made, tellsAll).map(({ bps, bidQuantity, askQuantity }) => [
      bps,
      bidQuantity === null ? null : formatDecimal(bidQuantity),
      askQuantity === null ? null : formatDecimal(askQuantity),
    ]);

  it('is what is offered no further than so many basis points from the middle, the very edge included', () => {
    const made = book(
      [
        ['9999', '1'],
        ['9995', '2'],
        ['9994.99', '4'],
        ['9975', '8'],
        ['9000', '16'],
      ],
      [
        ['10001', '1'],
        ['10005', '2'],
        ['10010.01', '4'],
        ['11000', '8'],
      ],
    );
    expect(shown(made)).toEqual([
      [5, '3', '3'],
      [10, '7', '3'],
      [25, '15', '7'],
    ]);
  });

  it('is not told where the book is not known so far out, unless the venue tells of all levels', () => {
    const made = book(
      [['9999', '1']],
      [
        ['10001', '1'],
        ['10007', '2'],
      ],
    );
    expect(shown(made)).toEqual([
      [5, null, '1'],
      [10, null, null],
      [25, null, null],
    ]);
    expect(shown(made, true)).toEqual([
      [5, '1', '1'],
      [10, '1', '3'],
      [25, '1', '3'],
    ]);
  });

  it('is of the quantities as they are now, whatever was asked before', () => {
    const made = book([['9999', '1']], [['10001', '1']]);
    expect(shown(made, true)[0]).toEqual([5, '1', '1']);
    made.apply({ bids: [['9999', '3']], asks: [['10002', `1${'0'.repeat(20)}`]] });
    expect(shown(made, true)[0]).toEqual([5, '3', '100000000000000000001']);
  });

  it('is nothing where a side is empty', () => {
    expect(shown(book([['1', '1']], []), true)).toEqual([]);
  });

  it('is to the last digit what the quantities of the levels within add up to, few or many, small or large', () => {
    const quantity = fc.oneof(
      fc.bigInt({ min: 1n, max: 10n ** 13n }),
      fc.bigInt({ min: 1n, max: 10n ** 36n }),
      fc.constantFrom(2n ** 52n * 10_000n, 2n ** 53n * 10_000n, (2n ** 52n - 1n) * 10_000n),
    );
    const side = fc.array(quantity, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(side, side, (bids, asks) => {
        const levels = (quantities: readonly bigint[], sign: 1 | -1): ToldLevel[] =>
          quantities.map((units, n) => [`${10_000 + sign * (n + 1)}`, formatDecimal(units)]);
        const within = (quantities: readonly bigint[], steps: number): bigint =>
          quantities.slice(0, steps).reduce((sum, units) => sum + units, 0n);
        for (const { bps, bidQuantity, askQuantity } of depthsOf(
          book(levels(bids, -1), levels(asks, 1)),
          true,
        )) {
          expect(bidQuantity).toBe(within(bids, bps));
          expect(askQuantity).toBe(within(asks, bps));
        }
      }),
    );
  });
});
