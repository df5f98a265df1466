import { describe, expect, it } from '@jest/globals';
import { readTradeRow, tradeRow } from '../../../contracts/lane-rows.ts';
import { BinanceDecoder } from './decoder.ts';

const RECEIVED_AT_MS = 1_723_161_254_087;
const EVENT = {
  e: 'trade',
  E: 1_723_161_255_343,
  s: 'BTCUSDT',
  t: 3_735_683_259,
  p: '61837.63000000',
  q: '0.02000000',
  T: 1_723_161_255_342,
  m: true,
  M: true,
};
const TRADE = {
  kind: 'trade',
  instrumentId: 'binance:BTC-USDT',
  tradeId: '3735683259',
  price: '61837.63',
  quantity: '0.02',
  takerSide: 'S',
  timeMs: 1_723_161_255_342,
  receivedAtMs: RECEIVED_AT_MS,
};

function heard(message: unknown) {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return new BinanceDecoder().read(
    { kind: 'ws', url: 'wss://stream.binance.com:9443/stream', message: text },
    RECEIVED_AT_MS,
  );
}

function answered(url: string, answer: unknown) {
  return new BinanceDecoder().read({ kind: 'rest', url, message: JSON.stringify(answer) }, RECEIVED_AT_MS);
}

/** What the reader of the record makes of a trade event. */
function readBack(change: Readonly<Record<string, unknown>>) {
  const parsed = heard({ ...EVENT, ...change });
  const trade = parsed.find(({ kind }) => kind === 'trade');
  if (trade?.kind !== 'trade') return parsed;
  return readTradeRow(JSON.parse(JSON.stringify(tradeRow(0, trade))), [trade.instrumentId]);
}

describe('a trade event of Binance', () => {
  it('is a trade, in its stream wrapper or bare', () => {
    const expected = [{ kind: 'clock', venueTimeMs: EVENT.E }, TRADE];
    expect(heard({ stream: 'btcusdt@trade', data: EVENT })).toEqual(expected);
    expect(heard(EVENT)).toEqual(expected);
  });

  it('was caused by a buyer when the buyer is not the maker', () => {
    expect(heard({ ...EVENT, m: false })).toMatchObject([{ kind: 'clock' }, { takerSide: 'B' }]);
  });

  it('may tell its times in microseconds', () => {
    const parsed = heard({ ...EVENT, E: 1_723_161_255_343_999, T: 1_723_161_255_342_001 });
    expect(parsed).toEqual([{ kind: 'clock', venueTimeMs: EVENT.E }, TRADE]);
  });

  it('is of the symbol that its stream names when it names none itself', () => {
    expect(heard({ stream: 'btcusdt@trade', data: { ...EVENT, s: 7 } })).toMatchObject([
      { kind: 'clock' },
      TRADE,
    ]);
  });

  it.each([
    ['61837.63000000', '61837.63'],
    ['61800.00000000', '61800'],
    ['0.00000100', '0.000001'],
    ['100', '100'],
    ['61837.63', '61837.63'],
    ['1.50', '1.5'],
    ['1e-7', '0.0000001'],
    ['3e6', '3000000'],
  ])('of a price of %s costs %s', (p, price) => {
    expect(heard({ ...EVENT, p })).toMatchObject([{ kind: 'clock' }, { price }]);
  });

  it.each([
    ['p', 'free', 'price: expected a decimal above zero, got "free"'],
    ['p', '-1.00000000', 'price: expected a decimal above zero, got "-1"'],
    ['p', undefined, 'price: expected a decimal above zero, got null'],
    ['q', '0.00000000', 'quantity: expected a decimal above zero, got "0"'],
    ['q', { a: 1 }, 'quantity: expected a decimal above zero, got "{\\"a\\":1}"'],
    ['t', -1, 'trade id: expected digits, got "-1"'],
    ['t', 'abc', 'trade id: expected digits, got "abc"'],
    ['t', '', 'trade id: expected digits, got ""'],
    ['t', '1e3', 'trade id: expected digits, got "1e3"'],
    ['t', ' 7', 'trade id: expected digits, got " 7"'],
    ['t', '9007199254740993', 'trade id: expected at most 9007199254740990, got "9007199254740993"'],
    ['m', 'maybe', 'aggressor: expected B or S, got "maybe"'],
    ['T', 'soon', 'time: expected milliseconds since the epoch, got "soon"'],
    ['T', -5, 'time: expected milliseconds since the epoch, got -5'],
    ['T', 1_772_323_240e9, 'time: expected milliseconds since the epoch, got 1772323240000000000'],
  ])('whose %s is %j is passed on, and refused as that one trade by its reader', (field, value, cause) => {
    expect(readBack({ [field]: value })).toBe(cause);
  });

  it('is read from its digits where an amount was made a number', () => {
    const bare = (p: string, q: string): string =>
      `{"stream":"btcusdt@trade","data":${JSON.stringify(EVENT).replace(/"p":"[^"]*","q":"[^"]*"/, `"p":${p},"q":${q}`)}}`;
    expect(heard(bare('61837.630', '1e-07'))[1]).toMatchObject({ price: '61837.63', quantity: '0.0000001' });
    expect(heard(bare('9007199254740993.000000000001', '3000000.0'))[1]).toMatchObject({
      price: '9007199254740993.000000000001',
      quantity: '3000000',
    });
    expect(heard(bare('"5"', '2'))[1]).toMatchObject({ price: '5', quantity: '2' });
  });

  it('is read where its times were made text', () => {
    expect(heard({ ...EVENT, T: String(EVENT.T) })[1]).toMatchObject({ timeMs: EVENT.T });
  });

  it('does not carry a field of any length into a record', () => {
    const parsed = heard({ ...EVENT, p: '9'.repeat(10_000), q: { long: 'x'.repeat(10_000) } });
    expect(JSON.stringify(parsed).length).toBeLessThan(1000);
  });
});

describe('any other message of Binance', () => {
  const aside = (what: string) => ({ kind: 'set-aside', what, cause: 'this channel is not read' });

  it.each([
    [{ stream: 'btcusdt@bookTicker', data: { u: 1, s: 'BTCUSDT' } }, [aside('bookTicker')]],
    [{ stream: 'btcusdt@depth20', data: { lastUpdateId: 1, bids: [], asks: [] } }, [aside('depth20')]],
    [{ e: 'aggTrade', E: 5, s: 'BTCUSDT' }, [{ kind: 'clock', venueTimeMs: 5 }, aside('aggTrade')]],
    [{ e: 'x'.repeat(1000) }, [aside('x'.repeat(40))]],
    [{}, [aside('no channel')]],
  ])('%j is set aside by its channel', (message, events) => {
    expect(heard(message)).toEqual(events);
  });

  it('acknowledges a subscription, or refuses it', () => {
    expect(heard({ result: null, id: 1 })).toEqual([{ kind: 'notice', what: 'acknowledgement' }]);
    expect(heard({ error: { code: 2, msg: 'Invalid request' }, id: 1 })).toEqual([
      { kind: 'refused', cause: '{"code":2,"msg":"Invalid request"}' },
    ]);
  });

  it.each([
    ['{"stream":"btcusdt@tr', 'not JSON'],
    ['', 'not JSON'],
    ['42', 'expected a JSON object'],
    ['[]', 'expected a JSON object'],
    ['null', 'expected a JSON object'],
  ])('%j cannot be located', (message, cause) => {
    expect(heard(message)).toEqual([{ kind: 'malformed', cause }]);
  });
});

describe('a trade of Binance whose symbol nobody knows', () => {
  it.each(['NONSENSE', 'BTCABC', undefined])('is set aside by its symbol: %s', (s) => {
    const name = JSON.stringify(s) ?? 'undefined';
    expect(heard({ ...EVENT, s })).toEqual([
      {
        kind: 'malformed',
        what: `trade of ${name}`,
        cause: `an unknown symbol ${name}: no catalogue, and its codes are not known`,
      },
    ]);
  });
});

describe('a message of another market of Binance', () => {
  it('is set aside unread, whatever it says', () => {
    const message = JSON.stringify({ stream: 'btcusdt@trade', data: { ...EVENT, X: 'MARKET' } });
    const futures = { kind: 'ws', url: 'wss://fstream.binance.com/stream', message };
    expect(new BinanceDecoder().read(futures, RECEIVED_AT_MS)).toEqual([
      { kind: 'set-aside', what: 'another market', cause: 'heard at fstream.binance.com/stream' },
    ]);
  });
});

describe('an answer of Binance', () => {
  const row = {
    id: 3_735_683_259,
    price: '61837.63000000',
    qty: '0.02000000',
    quoteQty: '1236.7526',
    time: 1_723_161_255_342,
    isBuyerMaker: true,
    isBestMatch: true,
  };
  const asked = 'https://api.binance.com/api/v3/historicalTrades?symbol=BTCUSDT&fromId=3735683259&limit=1000';

  it('is trades where trades were asked for', () => {
    expect(answered(asked, [row, 'nonsense'])).toEqual([
      { ...TRADE, isAnswer: true },
      { kind: 'trade', instrumentId: 'binance:BTC-USDT', receivedAtMs: RECEIVED_AT_MS, isAnswer: true },
    ]);
  });

  it('is read from its digits where amounts were made numbers', () => {
    const message = `[${JSON.stringify({ ...row, price: 0, qty: 0 }).replace('"price":0,"qty":0', '"price":61837.6300,"qty":2e-2')}]`;
    expect(new BinanceDecoder().read({ kind: 'rest', url: asked, message }, RECEIVED_AT_MS)).toEqual([
      { ...TRADE, isAnswer: true },
    ]);
  });

  it('is a notice where there were none', () => {
    expect(answered(asked, [])).toEqual([{ kind: 'notice', what: 'no trades' }]);
  });

  it('tells the time where the time was asked for', () => {
    expect(answered('https://api.binance.com/api/v3/time', { serverTime: 1_499_827_319_559 })).toEqual([
      { kind: 'clock', venueTimeMs: 1_499_827_319_559 },
    ]);
  });

  it('refuses what cannot be asked', () => {
    expect(answered(asked, { code: -1121, msg: 'Invalid symbol.' })).toEqual([
      { kind: 'refused', cause: '{"code":-1121,"msg":"Invalid symbol."}' },
    ]);
  });

  it('is set aside by its question where that is none of ours', () => {
    const url = 'https://api.binance.com/api/v3/ticker/price?symbol=BTCUSDT';
    expect(answered(url, { price: '1' })).toEqual([
      { kind: 'set-aside', what: '/api/v3/ticker/price', cause: 'this question is not read' },
    ]);
  });
});
