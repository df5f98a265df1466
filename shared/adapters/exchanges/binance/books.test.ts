import { describe, expect, it } from '@jest/globals';
import { BinanceDecoder } from './decoder.ts';

const DEPTH = 'https://api.binance.com/api/v3/depth?limit=1000&symbol=BTCUSDT';
const update = {
  e: 'depthUpdate',
  E: 1_723_161_255_208,
  s: 'BTCUSDT',
  U: 189,
  u: 202,
  b: [['61737.63000000', '0.00000000']],
  a: [],
};

/** What is heard but for the clock. */
function heard(event: Readonly<Record<string, unknown>>, stream = 'btcusdt@depth@100ms') {
  const message = JSON.stringify({ stream, data: event });
  const url = 'wss://stream.binance.com:9443/stream';
  return new BinanceDecoder().read({ kind: 'ws', url, message }, 0).filter(({ kind }) => kind !== 'clock');
}

function answered(answer: unknown, url = DEPTH) {
  return new BinanceDecoder().read({ kind: 'rest', url, message: JSON.stringify(answer) }, 0);
}

const gap = { kind: 'book-gap', instrumentId: 'binance:BTC-USDT', cause: expect.any(String) };

describe('a depth update of Binance', () => {
  it('is the change of a book with the numbers of its updates, digit for digit, at the venue’s time', () => {
    const delta = {
      kind: 'book-delta',
      instrumentId: 'binance:BTC-USDT',
      updateIds: { first: 189, last: 202 },
      bids: [['61737.63000000', '0.00000000']],
      asks: [],
      checksum: null,
      depth: null,
      venueTimeMs: 1_723_161_255_208,
    };
    expect(heard(update)).toEqual([delta]);
    expect(heard(update, 'btcusdt@depth')).toEqual([delta]);
    expect(heard({ ...update, E: 1_723_161_255_208_999 })).toEqual([delta]);
    expect(heard({ ...update, E: undefined })).toEqual([{ ...delta, venueTimeMs: null }]);
  });

  it.each([
    { b: 7 },
    { a: [['1', true]] },
    { a: [{ price: '1' }] },
    { a: [['1', '2'.repeat(41)]] },
    { U: '189' },
    { u: 0.5 },
    { u: undefined },
  ])('is a gap in the book where it cannot be read: %j', (change) => {
    expect(heard({ ...update, ...change })).toEqual([gap]);
  });

  it('of an unknown symbol belongs to no book', () => {
    expect(heard({ ...update, s: 'NOBODY' })).toEqual([
      { kind: 'malformed', what: 'book of "NOBODY"', cause: expect.stringContaining('unknown symbol') },
    ]);
  });

  it('has levels without exponents, whoever wrote them', () => {
    expect(heard({ ...update, a: [['1.5e-7', '2E3']] })).toMatchObject([{ asks: [['0.00000015', '2000']] }]);
  });
});

describe('the answer to a question for a book of Binance', () => {
  it('is a snapshot with the number of its last update', () => {
    expect(answered({ lastUpdateId: 218, bids: [['1.00', '2.00']], asks: [] })).toEqual([
      {
        kind: 'book-snapshot',
        instrumentId: 'binance:BTC-USDT',
        updateId: 218,
        bids: [['1.00', '2.00']],
        asks: [],
        checksum: null,
        depth: null,
      },
    ]);
  });

  it.each([
    ['of few levels, and has them all', 100, 100, true],
    ['of few levels, and has not as many', 100, 99, false],
    ['of many levels, of which a thin market has a hundred', 1000, 100, false],
  ])('is brief or whole: it was asked for %s', (_, asked, has, isBrief) => {
    const bids = Array.from({ length: has }, (_, n) => [`${n + 1}`, '1']);
    const url = DEPTH.replace('limit=1000', `limit=${asked}`);
    const [snapshot] = answered({ lastUpdateId: 218, bids, asks: [] }, url);
    expect('isBrief' in snapshot!).toBe(isBrief);
  });

  it.each([
    { lastUpdateId: null, bids: [], asks: [] },
    { lastUpdateId: 1, bids: [] },
    { lastUpdateId: 1, bids: [7], asks: [] },
  ])('is none without its number or its levels: %j', (answer) => {
    expect(answered(answer)).toMatchObject([{ kind: 'malformed' }]);
  });

  it('may be a refusal, or of an unknown symbol', () => {
    expect(answered({ code: -1003, msg: 'Too much request weight used.' })).toMatchObject([
      { kind: 'refused' },
    ]);
    expect(answered({ lastUpdateId: 1, bids: [], asks: [] }, DEPTH.replace('BTCUSDT', 'NOBODY'))).toEqual([
      { kind: 'malformed', what: 'book of "NOBODY"', cause: expect.stringContaining('unknown symbol') },
    ]);
  });
});

describe('a book ticker of Binance', () => {
  it('is the best prices of the book after an update', () => {
    const event = { u: 212, s: 'BTCUSDT', b: '1.00', B: '2.00', a: '3.00', A: '4.00' };
    expect(heard(event, 'btcusdt@bookTicker')).toEqual([
      {
        kind: 'quote',
        instrumentId: 'binance:BTC-USDT',
        updateId: 212,
        bid: '1.00',
        bidQuantity: '2.00',
        ask: '3.00',
        askQuantity: '4.00',
      },
    ]);
    expect(heard({ ...event, A: true }, 'btcusdt@bookTicker')).toMatchObject([
      { kind: 'set-aside', what: 'bookTicker' },
    ]);
  });
});

describe('levels of Binance that were made numbers', () => {
  const read = (kind: string, url: string, message: string) =>
    new BinanceDecoder().read({ kind, url, message }, 0).filter((event) => event.kind !== 'clock');
  const stream = 'wss://stream.binance.com:9443/stream';

  it('are read from their digits, pushed, though some are text', () => {
    const message =
      '{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":1,"u":2,"b":[["60000.10","1"],[9007199254740993.50, 1e-07]],"a":[]}';
    expect(read('ws', stream, message)).toMatchObject([
      {
        kind: 'book-delta',
        bids: [
          ['60000.10', '1'],
          ['9007199254740993.5', '0.0000001'],
        ],
      },
    ]);
  });

  it('are read from their digits, asked for', () => {
    expect(read('rest', DEPTH, '{"lastUpdateId":7,"bids":[["1.50","2"]],"asks":[[1.60,2]]}')).toMatchObject([
      { kind: 'book-snapshot', updateId: 7, bids: [['1.50', '2']], asks: [['1.60', '2']] },
    ]);
  });

  it('are read from their digits as best prices', () => {
    const message =
      '{"stream":"btcusdt@bookTicker","data":{"u":7,"s":"BTCUSDT","b":1.50,"B":"2","a":1.60,"A":3}}';
    expect(read('ws', stream, message)).toMatchObject([
      { kind: 'quote', updateId: 7, bid: '1.50', bidQuantity: '2', ask: '1.60', askQuantity: '3' },
    ]);
  });
});
