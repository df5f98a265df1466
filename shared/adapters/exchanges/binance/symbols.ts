import {
  composed,
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../domain/market-data/instrument.ts';
import { rememberingSymbols } from '../remembered-symbols.ts';
import type { SymbolDirectory } from '../symbol-directory.ts';
import { isAssetCode, QUOTE_CODES } from './known-codes.ts';

/**
 * `BTCUSDT` → `binance:BTC-USDT`. Binance writes a pair without a separator, so its catalogue says where it parts; where
 * none was read, a list of codes does, if the symbol parts in one way alone.
 * @returns null: nobody knows.
 */
export function instrumentOfSymbol(symbol: string, directory?: SymbolDirectory): InstrumentId | null {
  return directory?.instrumentOf(symbol) ?? (directory?.isWhole === true ? null : partedByCodes(symbol));
}

const partedByCodes = rememberingSymbols((symbol): InstrumentId | null => {
  const parts = partingsOf(symbol);
  if (parts.length !== 1) return null;
  const instrumentId = `binance:${parts[0]!}`;
  return isInstrumentId(instrumentId) ? instrumentId : null;
});

const LONGEST_SYMBOL = 30;

function partingsOf(symbol: string): string[] {
  if (symbol.length > LONGEST_SYMBOL) return [];
  return Array.from(
    { length: symbol.length },
    (_, at) => [symbol.slice(0, at), symbol.slice(at)] as const,
  ).flatMap(([base, quote]) =>
    isAssetCode(base) && QUOTE_CODES.has(quote) && base !== quote ? [`${base}-${quote}`] : [],
  );
}

/** `binance:BTC-USDT` → `BTCUSDT`. */
export function symbolOfInstrument(instrumentId: InstrumentId): string {
  return pairOf(instrumentId).replace('-', '');
}

/** `BTCUSDT`, `btc-usdt` or `binance:BTC-USDT` → `binance:BTC-USDT`. `null`: not a pair that Binance could have. */
export function readInstrument(text: string, directory?: SymbolDirectory): InstrumentId | null {
  const named = text.includes(':');
  if (named && exchangeOf(text) !== 'binance') return null;
  const pair = composed(named ? pairOf(text) : text).toUpperCase();
  if (!pair.includes('-')) return instrumentOfSymbol(pair, directory);
  const instrumentId = `binance:${pair}`;
  // Whoever says where it parts need not be guessed at; that Binance has it, its catalogue says.
  const isQuoted = QUOTE_CODES.has(pair.slice(pair.indexOf('-') + 1));
  const isKnown = directory?.isWhole === true || isQuoted;
  return isInstrumentId(instrumentId) && isKnown ? instrumentId : null;
}
