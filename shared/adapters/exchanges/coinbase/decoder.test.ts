import { describe, expect, it } from '@jest/globals';
import { CoinbaseDecoder } from './decoder.ts';

const row = (price: string, size: string, id: string): string =>
  `{"product_id":"BTC-USD","trade_id":${id},"price":${price},"size":${size},"side":"BUY","time":"2026-01-01T00:00:00Z"}`;
const read = (kind: string, url: string, message: string) =>
  new CoinbaseDecoder().read({ kind, url, message }, 0).filter((event) => event.kind === 'trade');

describe('trades of Coinbase whose amounts were made numbers', () => {
  const expected = [
    { tradeId: '7', price: '88000.1', quantity: '0.0000001' },
    { tradeId: '8', price: '9007199254740993.5', quantity: '3' },
  ];
  const rows = `${row('9007199254740993.50', '"3.0"', '8')},${row('88000.10', '1e-07', '"7"')}`;

  it('are read from their digits, pushed', () => {
    const message = `{"channel":"market_trades","sequence_num":1,"events":[{"type":"update","trades":[${rows}]}]}`;
    expect(read('ws', 'wss://advanced-trade-ws.coinbase.com', message)).toMatchObject(expected);
  });

  it('are read from their digits, asked for', () => {
    const url = 'https://api.coinbase.com/api/v3/brokerage/market/products/BTC-USD/ticker?limit=2';
    expect(read('rest', url, `{"trades":[${rows}]}`)).toMatchObject(expected);
  });
});
