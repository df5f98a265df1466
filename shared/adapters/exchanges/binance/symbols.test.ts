import { describe, expect, it } from '@jest/globals';
import { instrumentOfSymbol, readInstrument, symbolOfInstrument } from './symbols.ts';

describe('a symbol of Binance', () => {
  it.each([
    ['BTCUSDT', 'binance:BTC-USDT'],
    ['ETHBTC', 'binance:ETH-BTC'],
    ['BUSDTRY', 'binance:BUSD-TRY'],
    ['SWRVBUSD', 'binance:SWRV-BUSD'],
    ['BTCFDUSD', 'binance:BTC-FDUSD'],
    ['1000SATSUSDT', 'binance:1000SATS-USDT'],
  ])('%s is %s, and back', (symbol, instrumentId) => {
    expect(instrumentOfSymbol(symbol)).toBe(instrumentId);
    expect(symbolOfInstrument(instrumentId)).toBe(symbol);
  });

  it.each(['USDT', 'BTC', '', 'NONSENSE', 'btcusdt', 'B C-USDT', '币安人生USDT'])('%j is none', (text) => {
    expect(instrumentOfSymbol(text)).toBeNull();
  });
});

describe('a pair as a user types it', () => {
  it.each(['BTCUSDT', 'btcusdt', 'BTC-USDT', 'btc-usdt', 'binance:BTC-USDT'])('%s is understood', (text) => {
    expect(readInstrument(text)).toBe('binance:BTC-USDT');
  });

  it.each(['BT-CUSDT', 'kraken:BTC-USDT', 'BTC-NONSENSE', 'BTC/USDT', ''])('%j is not', (text) => {
    expect(readInstrument(text)).toBeNull();
  });
});
