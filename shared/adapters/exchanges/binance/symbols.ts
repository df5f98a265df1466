import {
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../domain/market-data/instrument.ts';

/**
 * Binance writes a pair without a separator, so the quote asset has to be recognised at its end. What is or was
 * quoted there, longest first: `USDT` must win over a shorter asset that ends alike.
 */
const QUOTE_ASSETS: readonly string[] = [
  'FDUSD',
  ...['USDT', 'USDC', 'TUSD', 'BUSD', 'USDP', 'USDS', 'USD1', 'EURI', 'BIDR', 'IDRT', 'BVND', 'BKRW', 'DOGE'],
  ...['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'TRX', 'DOT', 'DAI', 'PAX', 'VAI', 'UST'],
  ...[
    'EUR',
    'GBP',
    'AUD',
    'BRL',
    'TRY',
    'RUB',
    'UAH',
    'NGN',
    'ZAR',
    'PLN',
    'RON',
    'ARS',
    'JPY',
    'MXN',
    'COP',
    'CZK',
  ],
];

/** Symbols come out of messages: past this many somebody is making them up, and they are not remembered. */
const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, InstrumentId>();

/** `BTCUSDT` → `binance:BTC-USDT`. `null`: no quote asset of Binance ends it. */
export function instrumentOfSymbol(symbol: string): InstrumentId | null {
  const known = remembered.get(symbol);
  if (known !== undefined) return known;
  const quote = QUOTE_ASSETS.find((asset) => symbol.length > asset.length && symbol.endsWith(asset));
  if (quote === undefined) return null;
  const instrumentId = `binance:${symbol.slice(0, -quote.length)}-${quote}`;
  if (!isInstrumentId(instrumentId)) return null;
  if (remembered.size < MAX_REMEMBERED) remembered.set(symbol, instrumentId);
  return instrumentId;
}

/** `binance:BTC-USDT` → `BTCUSDT`. */
export function symbolOfInstrument(instrumentId: InstrumentId): string {
  return pairOf(instrumentId).replace('-', '');
}

/** `BTCUSDT`, `btc-usdt` or `binance:BTC-USDT` → `binance:BTC-USDT`. `null`: not a pair that Binance could have. */
export function readInstrument(text: string): InstrumentId | null {
  const named = text.includes(':');
  if (named && exchangeOf(text) !== 'binance') return null;
  const pair = (named ? pairOf(text) : text).toUpperCase();
  const instrumentId = instrumentOfSymbol(pair.replace('-', ''));
  if (instrumentId === null) return null;
  return pair.includes('-') && pairOf(instrumentId) !== pair ? null : instrumentId;
}
