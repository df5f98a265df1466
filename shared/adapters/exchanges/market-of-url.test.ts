import { describe, expect, it } from '@jest/globals';
import { EXCHANGES, type Exchange } from '../../domain/market-data/exchanges.ts';
import { marketOfUrl } from './market-of-url.ts';
import { venueOf } from './venues.ts';

describe('the market of an address', () => {
  it.each<[Exchange, string]>([
    ['binance', 'wss://stream.binance.com:9443/stream?streams=btcusdt@trade'],
    ['binance', 'https://api.binance.com/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1'],
    ['binance', 'https://data-api.binance.vision/api/v3/time'],
    ['binance', 'WSS://STREAM.BINANCE.COM./stream'],
    ['binance', 'wss://fstream.binance.com/stream'],
    ['coinbase', 'wss://advanced-trade-ws.coinbase.com'],
    ['kraken', 'wss://ws.kraken.com/v2'],
  ])('of %s, %s, is real', (exchange, url) => {
    expect(marketOfUrl(exchange, url)).toBe('real');
  });

  it.each([
    'simulator://binance/stream',
    'ws://127.0.0.1:9443/stream',
    'ws://127.8.9.1/stream',
    'ws://127.1:80',
    'http://localhost:8080',
    'http://venue.localhost',
    'http://[::1]:80/',
    'http://[::ffff:127.0.0.1]/',
    'ws://venue:9443',
    'ws://10.0.0.7',
    'ws://172.20.0.7',
    'ws://192.168.0.7',
    'ws://venue.prod.internal',
    'wss://stream.testnet.binance.vision/stream',
  ])('%s is simulated', (url) => {
    expect(marketOfUrl('binance', url)).toBe('simulated');
  });

  it.each(['', 'wss://x.org', 'no address', 'wss://notbinance.com', 'wss://ws.kraken.com', 'ws://8.8.8.8'])(
    '%j says nothing of Binance',
    (url) => expect(marketOfUrl('binance', url)).toBeNull(),
  );

  it('is real at the addresses that a venue is listened to by default', () => {
    for (const exchange of EXCHANGES) {
      const endpoints = venueOf(exchange).live?.endpoints;
      for (const url of Object.values(endpoints ?? {}))
        expect([url, marketOfUrl(exchange, url)]).toEqual([url, 'real']);
    }
  });
});
