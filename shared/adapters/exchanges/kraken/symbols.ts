import {
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../domain/market-data/instrument.ts';

/** What Kraken called them first, and its REST interface still does. */
const COMMON_CODES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

/** `XBT/USD` or `BTC/USD` → `kraken:BTC-USD`. `null`: no pair. */
export function instrumentOfSymbol(symbol: string): InstrumentId | null {
  const codes = symbol.split('/');
  if (codes.length !== 2) return null;
  const [base, quote] = codes.map((code) => COMMON_CODES[code] ?? code);
  const instrumentId = `kraken:${base}-${quote}`;
  return isInstrumentId(instrumentId) ? instrumentId : null;
}

/** `kraken:BTC-USD` → `BTC/USD`, as the WebSocket and the REST interface both understand it. */
export function symbolOfInstrument(instrumentId: InstrumentId): string {
  return pairOf(instrumentId).replace('-', '/');
}

/** `BTC-USD`, `XBT/USD` or `kraken:BTC-USD` → `kraken:BTC-USD`. `null`: not a pair that Kraken could have. */
export function readInstrument(text: string): InstrumentId | null {
  const isNamed = text.includes(':');
  if (isNamed && exchangeOf(text) !== 'kraken') return null;
  return instrumentOfSymbol((isNamed ? pairOf(text) : text).toUpperCase().replace('-', '/'));
}
