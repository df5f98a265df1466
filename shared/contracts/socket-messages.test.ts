import { describe, expect, it } from '@jest/globals';
import {
  accountChannel,
  booksChannel,
  candlesChannel,
  parseChannel,
  pricesChannel,
  quotesChannel,
  socketRequest,
} from './socket-messages.ts';

describe('a channel', () => {
  it.each([
    ['orders', { kind: 'orders', accountId: 'paper' }],
    ['portfolio', { kind: 'portfolio', accountId: 'paper' }],
    [accountChannel('orders', 'slower'), { kind: 'orders', accountId: 'slower' }],
    [accountChannel('portfolio', 'a-1'), { kind: 'portfolio', accountId: 'a-1' }],
    [pricesChannel('binance:BTC-USDT'), { kind: 'prices', instrumentId: 'binance:BTC-USDT' }],
    [quotesChannel('kraken:BTC-USD'), { kind: 'quotes', instrumentId: 'kraken:BTC-USD' }],
    [booksChannel('kraken:BTC-USD'), { kind: 'books', instrumentId: 'kraken:BTC-USD' }],
    [
      candlesChannel('kraken:XBT-USD', '1m'),
      { kind: 'candles', instrumentId: 'kraken:XBT-USD', interval: '1m' },
    ],
  ])('%s is read back as what it was made of', (text, channel) => {
    expect(parseChannel(text)).toEqual(channel);
  });

  it.each([
    '',
    'order',
    'orders:',
    // One channel has one name.
    'orders:paper',
    'orders:A',
    'portfolio:a:b',
    'orders:binance:BTC-USDT',
    'prices',
    'prices:BTC-USDT',
    'prices:binance:BTC-USDT:',
    'prices:binance:BTC-USDT:1m',
    'quotes:binance:BTC-USDT:1m',
    'books',
    'candles:binance:BTC-USDT',
    'candles:binance:BTC-USDT:2m',
    // Of an interval that is not built live nothing would ever come.
    'candles:binance:BTC-USDT:2m',
    'candles:binance:btc-usdt:1m',
    'candles:binance:BTC-USDT:1m:x',
    'CHANNEL#orders',
  ])('is not %j', (text) => {
    expect(parseChannel(text)).toBeNull();
  });
});

describe('a request of a WebSocket client', () => {
  it.each([
    { action: 'subscribe', channels: [] },
    { action: 'subscribe' },
    { action: 'listen', channels: ['orders'] },
    { action: 'subscribe', channels: ['orders'], id: 1 },
    { action: 'subscribe', channels: 'orders' },
    { action: 'subscribe', channels: Array.from({ length: 101 }, () => 'orders') },
    ['subscribe'],
    null,
  ])('is not %j', (message) => {
    expect(socketRequest.safeParse(message).success).toBe(false);
  });
});
