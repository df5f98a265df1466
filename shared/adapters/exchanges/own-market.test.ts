import { describe, expect, it } from '@jest/globals';
import { binanceMarket } from './binance/market.ts';

describe('an address of Binance', () => {
  it.each([
    'wss://stream.binance.com:9443/stream?streams=btcusdt@trade',
    'wss://stream.binance.com/ws/btcusdt@trade',
    'wss://data-stream.binance.vision/stream',
    'https://api.binance.com/api/v3/depth?symbol=BTCUSDT',
    'https://api3.binance.com/api/v3/trades?symbol=BTCUSDT',
    'https://data-api.binance.vision/api/v3/time',
    'ws://127.0.0.1:8765/stream',
    'simulator://binance/stream',
    'ws://venue.internal',
    'no address at all',
    '',
  ])('%j is of the spot market', (url) => {
    expect(binanceMarket(url)).toBeNull();
  });

  it.each([
    ['wss://fstream.binance.com/stream', 'heard at fstream.binance.com/stream'],
    ['wss://fstream.binance.com./stream', 'heard at fstream.binance.com./stream'],
    ['wss://dstream.binance.com/ws', 'heard at dstream.binance.com/ws'],
    ['wss://nbstream.binance.com/eoptions/ws', 'heard at nbstream.binance.com/eoptions/ws'],
    ['wss://stream.binancefuture.com/ws', 'heard at stream.binancefuture.com/ws'],
    ['wss://stream.binance.us:9443/stream', 'heard at stream.binance.us/stream'],
    ['wss://stream.testnet.binance.vision/stream', 'heard at stream.testnet.binance.vision/stream'],
    ['https://fapi.binance.com/fapi/v1/trades?symbol=BTCUSDT', 'heard at fapi.binance.com/fapi/v1/trades'],
    ['http://127.0.0.1:9000/dapi/v1/trades?symbol=BTCUSD', 'heard at 127.0.0.1/dapi/v1/trades'],
  ])('%j is of another market', (url, cause) => {
    expect(binanceMarket(url)).toBe(cause);
  });

  it('is judged by itself, whichever came before', () => {
    expect(binanceMarket('wss://fstream.binance.com/a')).not.toBeNull();
    expect(binanceMarket('wss://stream.binance.com/a')).toBeNull();
    expect(binanceMarket('wss://fstream.binance.com/a')).not.toBeNull();
  });
});
