import {
  composed,
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../domain/market-data/instrument.ts';
import { rememberingSymbols } from '../remembered-symbols.ts';
import type { SymbolDirectory } from '../symbol-directory.ts';

/** What Kraken called them first, and its REST interface still does. */
const COMMON_CODES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

/** `XBT/USD` or `BTC/USD` → `kraken:BTC-USD`. `null`: no pair. */
export const instrumentOfSymbol = rememberingSymbols((symbol): InstrumentId | null => {
  const instrumentId = idOfSymbol(symbol);
  return instrumentId !== null && isInstrumentId(instrumentId) ? instrumentId : null;
});

/** What would be its id, if its codes are codes. */
export function idOfSymbol(symbol: string): string | null {
  const codes = composed(symbol).split('/');
  if (codes.length !== 2) return null;
  const [base, quote] = codes.map((code) => COMMON_CODES[code] ?? code);
  return `kraken:${base}-${quote}`;
}

/** `kraken:BTC-USD` → `BTC/USD`, as the WebSocket and the REST interface both understand it. */
export function symbolOfInstrument(instrumentId: InstrumentId): string {
  return pairOf(instrumentId).replace('-', '/');
}

/** `BTC-USD`, `XBT/USD` or `kraken:BTC-USD` → `kraken:BTC-USD`. `null`: not a pair that Kraken could have. */
export function readInstrument(text: string, directory?: SymbolDirectory): InstrumentId | null {
  const isNamed = text.includes(':');
  if (isNamed && exchangeOf(text) !== 'kraken') return null;
  const symbol = (isNamed ? pairOf(text) : text).replace('-', '/');
  // `AAPLx` has a small letter of its own.
  const asTyped = instrumentOfSymbol(symbol);
  const isListed = asTyped !== null && (directory?.listingOf(asTyped) ?? null) !== null;
  if (isListed) return asTyped;
  return instrumentOfSymbol(symbol.toUpperCase());
}
