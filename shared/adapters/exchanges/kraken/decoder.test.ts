import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KrakenDecoder } from './decoder.ts';

const asked = 'https://api.kraken.com/0/public/Trades?pair=BTC%2FUSD&since=0';

/** The time of a trade that REST tells in seconds. */
function timeOf(seconds: string): unknown {
  const message = `{"error":[],"result":{"XXBTZUSD":[["1","1",${seconds},"b","l","",7]],"last":"0"}}`;
  const [trade] = new KrakenDecoder().read({ kind: 'rest', url: asked, message }, 0);
  return trade?.kind === 'trade' ? trade.timeMs : trade;
}

function heard(message: string) {
  return new KrakenDecoder().read({ kind: 'ws', url: 'wss://ws.kraken.com/v2', message }, 0);
}

describe('a decoder of Kraken', () => {
  it('loses no millisecond of a time in seconds, in this century', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_600_000_000_000, max: 4_100_000_000_000 }), (timeMs) => {
        expect(timeOf((timeMs / 1000).toFixed(3))).toBe(timeMs);
      }),
      { numRuns: 5000 },
    );
    expect(timeOf('1688669597.827999')).toBe(1_688_669_597_827);
  });

  it('reads an answer from its digits where amounts were made numbers', () => {
    const message = `{"error":[],"result":{"XXBTZUSD":[[88000.10,1e-07,1688669597.5,"b","l","",7],["5.0",2.50,1688669598,"s","m","",8]],"last":"0"}}`;
    expect(new KrakenDecoder().read({ kind: 'rest', url: asked, message }, 0)).toMatchObject([
      { price: '88000.1', quantity: '0.0000001', timeMs: 1_688_669_597_500, tradeId: '7' },
      { price: '5', quantity: '2.5', timeMs: 1_688_669_598_000, tradeId: '8' },
    ]);
  });

  it('sets aside one trade of an unknown symbol, and reads those beside it', () => {
    const row = (symbol: string): string =>
      `{"symbol":"${symbol}","side":"sell","price":0.5,"qty":2.50,"trade_id":7,"timestamp":"2026-01-01T00:00:00.000Z"}`;
    expect(
      heard(`{"channel":"trade","type":"update","data":[${row('A')},${row('BTC/USD')},7]}`),
    ).toMatchObject([
      { kind: 'malformed', cause: 'a trade of an unknown symbol "A"' },
      { kind: 'malformed', cause: 'a trade of an unknown symbol undefined' },
      { kind: 'trade', instrumentId: 'kraken:BTC-USD', price: '0.5', quantity: '2.5', tradeId: '7' },
    ]);
  });

  it.each([
    ['[42,[["1.0","2.0","0","b","l",""]],"trade","XBT/USD"]', { kind: 'set-aside', what: 'v1' }],
    ['{"event":"heartbeat"}', { kind: 'set-aside', what: 'v1 heartbeat' }],
    ['{"channel":"trade","type":"update","data":7}', { kind: 'malformed' }],
    ['{"channel":"trade","type":"update","data":[]}', { kind: 'notice', what: 'no trades' }],
    ['{"channel":"ohlc","data":[{"price":1}]}', { kind: 'set-aside', what: 'ohlc' }],
    ['{"method":"pong"}', { kind: 'notice', what: 'pong' }],
    ['{}', { kind: 'set-aside', what: 'no channel' }],
    ['7', { kind: 'malformed', cause: 'expected a JSON object' }],
  ])('reads %s as what it is', (message, event) => {
    expect(heard(message)).toMatchObject([event]);
  });

  it('passes on what Kraken answers to a question that it refuses', () => {
    const message = '{"error":["EGeneral:Too many requests"],"result":{}}';
    expect(new KrakenDecoder().read({ kind: 'rest', url: asked, message }, 0)).toEqual([
      { kind: 'refused', cause: '["EGeneral:Too many requests"]' },
    ]);
  });
});
