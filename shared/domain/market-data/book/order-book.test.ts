import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderBook, topLevels, type ToldLevel } from './order-book.ts';

/** Prices of few and of many places, of few and of many digits. */
const price = fc
  .tuple(
    fc.constantFrom(1n, 10n, 10n ** 4n, 10n ** 8n, 10n ** 12n),
    fc.bigInt({ min: 1n, max: 30n }),
    fc.boolean(),
  )
  .map(([unit, count, padded]) => textOf(unit * count, padded));
const quantity = fc.constantFrom('0', '0.00000000', '1', '2.50000000', '0.00000001');
const levels = fc.array(fc.tuple(price, quantity), { maxLength: 40 });

/** A trillionth each; padded as some venues write them, to eight places or more. */
function textOf(trillionths: bigint, padded: boolean): string {
  const digits = trillionths.toString().padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  const whole = digits.slice(0, -12);
  if (padded) return `${whole}.${fraction.padEnd(10, '0')}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function trillionthsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(12, '0'));
}

/** What a map of exact prices says, sorted anew. */
class PlainBook {
  readonly bids = new Map<bigint, string>();
  readonly asks = new Map<bigint, string>();

  apply(side: 'bids' | 'asks', told: readonly ToldLevel[]): void {
    for (const [text, amount] of told) {
      if (Number(amount) === 0) this[side].delete(trillionthsOf(text));
      else this[side].set(trillionthsOf(text), amount);
    }
  }

  top(side: 'bids' | 'asks'): [bigint, number][] {
    const sorted = [...this[side]].sort(([a], [b]) => (a < b ? -1 : 1));
    return (side === 'bids' ? sorted.reverse() : sorted).map(([key, amount]) => [key, Number(amount)]);
  }
}

function shown(book: OrderBook, side: 'bids' | 'asks'): [bigint, number][] {
  return topLevels(book[side], Infinity).map(([at, amount]) => [trillionthsOf(at), Number(amount)]);
}

function bookOf(bids: readonly ToldLevel[], asks: readonly ToldLevel[]): OrderBook {
  const book = new OrderBook();
  expect(book.load({ bids, asks })).toBeNull();
  return book;
}

describe('an order book', () => {
  it('is sorted and exact whatever comes, at any number of places, as a sorted map would be', () => {
    fc.assert(
      fc.property(
        levels,
        levels,
        fc.array(fc.tuple(levels, levels), { maxLength: 8 }),
        (bids, asks, changes) => {
          const [book, plain] = [new OrderBook(), new PlainBook()];
          expect(book.load({ bids, asks })).toBeNull();
          // A snapshot lists what is there: of two levels of one price the later is meant, and nothing is taken away.
          plain.apply(
            'bids',
            bids.filter(([, amount]) => Number(amount) > 0),
          );
          plain.apply(
            'asks',
            asks.filter(([, amount]) => Number(amount) > 0),
          );
          for (const [b, a] of changes) {
            expect(book.apply({ bids: b, asks: a })).toBeNull();
            plain.apply('bids', b);
            plain.apply('asks', a);
          }
          expect(shown(book, 'bids')).toEqual(plain.top('bids'));
          expect(shown(book, 'asks')).toEqual(plain.top('asks'));
          const [bid] = plain.top('bids');
          const [ask] = plain.top('asks');
          expect(book.isCrossed).toBe(bid !== undefined && ask !== undefined && bid[0] >= ask[0]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds any level of a deep side, and the place of any that is not there', () => {
    const bids = Array.from({ length: 1000 }, (_, n): ToldLevel => [`${2 * (n + 1)}`, '1']);
    for (let at = 1; at <= 2001; at++) {
      const book = bookOf(bids, []);
      book.apply({ bids: [[`${at}`, '7']], asks: [] });
      const prices = topLevels(book.bids, Infinity).map(([text]) => Number(text));
      expect(prices).toEqual([...prices].sort((a, b) => b - a));
      expect(prices.length).toBe(at % 2 === 0 ? 1000 : 1001);
      book.apply({ bids: [[`${at}`, '0']], asks: [] });
      expect(book.bids.levels.length).toBe(at % 2 === 0 ? 999 : 1000);
    }
  });

  it('takes 0.1 and 0.10000000 for one price, and two that a double would confuse for two', () => {
    const book = bookOf([['0.1', '1']], []);
    book.apply({ bids: [['0.10000000', '2']], asks: [] });
    expect(topLevels(book.bids, 9)).toEqual([['0.1', '2']]);
    const close = bookOf([['123456789012.000000000001', '1']], [['123456789012.000000000002', '1']]);
    expect(close.isCrossed).toBe(false);
    close.apply({ bids: [['123456789012.000000000002', '3']], asks: [] });
    expect(close.isCrossed).toBe(true);
    expect(topLevels(close.bids, 1)).toEqual([['123456789012.000000000002', '3']]);
  });

  it('goes on at a finer scale when a price of more places comes, or a greater one', () => {
    const book = bookOf([['9007.2', '1']], [['9008', '1']]);
    expect(book.apply({ bids: [['0.000000000001', '1']], asks: [['90000000000', '1']] })).toBeNull();
    expect(topLevels(book.bids, 9)).toEqual([
      ['9007.2', '1'],
      ['0.000000000001', '1'],
    ]);
    expect(topLevels(book.asks, 9)).toEqual([
      ['9008', '1'],
      ['90000000000', '1'],
    ]);
    const atOnce = bookOf(
      [
        ['9007.2', '1'],
        ['0.000000000001', '2'],
      ],
      [],
    );
    expect(topLevels(atOnce.bids, 9).map(([text]) => text)).toEqual(['9007.2', '0.000000000001']);
  });

  it('keeps the best where it is cut', () => {
    const book = bookOf(
      [
        ['3', '1'],
        ['2', '1'],
        ['1', '1'],
      ],
      [
        ['4', '1'],
        ['5', '1'],
        ['6', '1'],
        ['7', '1'],
      ],
    );
    book.truncate(2);
    expect(topLevels(book.bids, 9).map(([text]) => text)).toEqual(['3', '2']);
    expect(topLevels(book.asks, 9).map(([text]) => text)).toEqual(['4', '5']);
  });

  it('has sides that are empty, and takes away what was never there', () => {
    const book = bookOf([], []);
    expect([book.bids.best, book.asks.best, book.isCrossed]).toEqual([null, null, false]);
    expect(book.apply({ bids: [['1', '0']], asks: [['2', '0.00000000']] })).toBeNull();
    expect([book.bids.levels, book.asks.levels]).toEqual([[], []]);
  });

  it('is crossed where the best bid is at the best ask', () => {
    expect(bookOf([['2', '1']], [['2.0', '1']]).isCrossed).toBe(true);
    expect(bookOf([['1.99999999', '1']], [['2.0', '1']]).isCrossed).toBe(false);
  });

  it('tells a quantity of more places than a decimal has, rounded down', () => {
    expect(topLevels(bookOf([['1', '0.1234567890129']], []).bids, 1)).toEqual([['1', '0.123456789012']]);
  });

  it.each([
    ['', '1'],
    ['0', '1'],
    ['-1', '1'],
    ['1e5', '1'],
    ['1.', '1'],
    ['.5', '1'],
    ['1.2.3', '1'],
    ['0.0000000000001', '1'],
    ['1', ''],
    ['1', '-1'],
    ['1', '.'],
    ['1', '1.'],
    ['1', 'x'],
    ['1', '1.2.3'],
  ])('refuses a level of price %p and quantity %p', (at, amount) => {
    const book = bookOf([['7', '1']], []);
    expect(book.apply({ bids: [], asks: [[at, amount]] })).toMatch(
      /^a level of .*: expected a price above zero/,
    );
    expect(book.load({ bids: [['5', '1']], asks: [[at, amount]] })).toMatch(/^a level of /);
    expect(book.bids.levels).toEqual([]);
  });
});
