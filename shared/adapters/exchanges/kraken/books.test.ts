import { describe, expect, it } from '@jest/globals';
import { OrderBook, type ToldLevel } from '../../../domain/market-data/book/order-book.ts';
import { checksumOf } from './book-checksum.ts';
import { KrakenDecoder } from './decoder.ts';

const level = (price: string, quantity = '1.00'): string => `{"price":${price},"qty":${quantity}}`;

function reader() {
  const decoder = new KrakenDecoder();
  return (message: string) => decoder.read({ kind: 'ws', url: 'wss://ws.kraken.com/v2', message }, 0);
}

interface Said {
  readonly symbol?: string;
  readonly bids?: readonly string[];
  readonly asks?: readonly string[];
}

function book(type: string, { symbol = 'BTC/USD', bids = [], asks = [] }: Said): string {
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${bids.join()}],"asks":[${asks.join()}],"checksum":3310070434,"timestamp":"2026-01-01T00:00:00.210999Z"}]}`;
}

const levels = (count: number): string[] => Array.from({ length: count }, (_, n) => level(`${n + 1}`));
const subscribed = (symbol: string, depth: number): string =>
  `{"method":"subscribe","result":{"channel":"book","depth":${depth},"snapshot":true,"symbol":"${symbol}"},"success":true}`;

describe('a book of Kraken', () => {
  it('is a snapshot or its change, digit for digit, with the checksum', () => {
    const read = reader();
    const common = { instrumentId: 'kraken:BTC-USD', checksum: 3_310_070_434 };
    expect(read(book('snapshot', { bids: [level('45283.50', '0.10000000')] }))).toMatchObject([
      { kind: 'book-snapshot', ...common, bids: [['45283.50', '0.10000000']], asks: [], updateId: null },
    ]);
    expect(read(book('update', { asks: [level('4.52e4', '1e-07')] }))).toMatchObject([
      {
        kind: 'book-delta',
        ...common,
        bids: [],
        asks: [['45200', '0.0000001']],
        updateIds: null,
        venueTimeMs: 1_767_225_600_210,
      },
    ]);
  });

  it('is a gap where it cannot be read, and no book of an unknown symbol', () => {
    const gap = [{ kind: 'book-gap', instrumentId: 'kraken:BTC-USD' }];
    expect(reader()(book('update', { bids: ['7'] }))).toMatchObject(gap);
    expect(reader()(book('update', { bids: ['{"price":"x","qty":null}'] }))).toMatchObject(gap);
    expect(reader()(book('other', {}))).toMatchObject(gap);
    expect(reader()(book('update', { symbol: 'BTC' }))).toMatchObject([{ kind: 'malformed' }]);
    expect(reader()('{"channel":"book","type":"update","data":[]}')).toMatchObject([{ kind: 'malformed' }]);
  });
});

describe('the depth of a book of Kraken', () => {
  const depthOf = (events: ReturnType<ReturnType<typeof reader>>): unknown => {
    const [event] = events;
    return event?.kind === 'book-snapshot' || event?.kind === 'book-delta' ? event.depth : event;
  };

  it('is what the answer to the subscription says, however few levels there are', () => {
    const read = reader();
    read(subscribed('BTC/USD', 25));
    read(subscribed('ETH/USD', 11));
    expect(depthOf(read(book('snapshot', { bids: levels(3) })))).toBe(25);
    expect(depthOf(read(book('snapshot', { bids: levels(10), asks: levels(10) })))).toBe(25);
    expect(depthOf(read(book('update', { symbol: 'ETH/USD' })))).toBe(1000);
  });

  it('is else that of a full snapshot of its own, then that of any of the connection', () => {
    const read = reader();
    expect(depthOf(read(book('snapshot', { symbol: 'ETH/USD', bids: levels(10), asks: levels(10) })))).toBe(
      10,
    );
    expect(depthOf(read(book('snapshot', { bids: levels(100), asks: levels(7) })))).toBe(100);
    expect(depthOf(read(book('update', { symbol: 'DOGE/USD' })))).toBe(100);
    expect(depthOf(read(book('update', { symbol: 'ETH/USD' })))).toBe(10);
    // Ten levels of one side may be all that there are.
    const thin = book('snapshot', { symbol: 'LTC/USD', bids: levels(10), asks: levels(3) });
    expect(depthOf(read(thin))).toBe(100);
  });

  it('is the deepest that there is where no book of the connection is full', () => {
    const read = reader();
    expect(depthOf(read(book('snapshot', { bids: levels(60), asks: levels(73) })))).toBe(1000);
    expect(depthOf(read(book('snapshot', { bids: levels(1200), asks: levels(73) })))).toBe(1200);
  });
});

describe('the checksum of Kraken', () => {
  const best = (count: number, price: (n: number) => string): ToldLevel[] =>
    Array.from({ length: count }, (_, n) => [price(n), '0.00000500']);
  const asks = best(12, (n) => `0.05${String(5 + 5 * n).padStart(3, '0')}`);
  const bids = best(12, (n) => `0.0${5000 - 5 * n}`);
  const sumOf = (levels: { bids: readonly ToldLevel[]; asks: readonly ToldLevel[] }): number => {
    const book = new OrderBook();
    expect(book.load(levels)).toBeNull();
    return checksumOf(book);
  };

  it('is made over the ten best levels of each side, and the zeros that an exponent cost are put back', () => {
    const sum = sumOf({ bids, asks });
    expect(sumOf({ bids: bids.slice(0, 10), asks: asks.slice(0, 10) })).toBe(sum);
    expect(sumOf({ bids: bids.slice(0, 9), asks })).not.toBe(sum);
    expect(sumOf({ bids: [['0.05', '0.000005'], ...bids.slice(1)], asks })).toBe(sum);
    expect(sumOf({ bids, asks: [['0.05005', '0.00000501'], ...asks.slice(1)] })).not.toBe(sum);
  });

  it('is there for a book of few levels, and for none', () => {
    expect(sumOf({ bids: [], asks: [] })).toBe(0);
    expect(sumOf({ bids: [['1.0', '2.0']], asks: [] })).toBe(2_249_310_613);
  });
});
