import { describe, expect, it } from '@jest/globals';
import { isAssetCode, QUOTE_CODES } from './known-codes.ts';
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

  it.each([
    ['BTCU', 'BTC-U'],
    ['BTCAEUR', 'BTC-AEUR'],
    ['EURAEUR', 'EUR-AEUR'],
    ['ADAEUR', 'ADA-EUR'],
    ['TUSDT', 'T-USDT'],
    ['TUSDTRY', 'TUSD-TRY'],
    ['ATUSDT', 'AT-USDT'],
    ['USDTKZT', 'USDT-KZT'],
    ['BTCBFUSD', 'BTC-BFUSD'],
    ['BTCUSDE', 'BTC-USDE'],
    ['1000SHIBUSDT', '1000SHIB-USDT'],
    ['SIM100USDT', 'SIM100-USDT'],
    ['XYZUSDT', 'XYZ-USDT'],
  ])('%s is %s, the only way in which it parts into two codes that are known', (symbol, pair) => {
    expect(instrumentOfSymbol(symbol)).toBe(`binance:${pair}`);
  });

  it.each(['QZQUSDT', 'BTCXYZ', 'BTCAEURO', 'ACUSDUSDT'])(
    '%s, of which a code is not known, is not guessed at',
    (symbol) => {
      expect(instrumentOfSymbol(symbol)).toBeNull();
    },
  );

  it.each(['TUSDUSDT', 'USTCUSDT', 'BTCSTUSDT', 'AUSDUSDT'])('%s is never parted in two ways', (symbol) => {
    const partings = Array.from(
      { length: symbol.length },
      (_, at) => [symbol.slice(0, at), symbol.slice(at)] as const,
    );
    const known = partings.filter(([base, quote]) => isAssetCode(base) && QUOTE_CODES.has(quote));
    expect(instrumentOfSymbol(symbol) !== null).toBe(known.length === 1);
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
