import {
  composed,
  exchangeOf,
  isInstrumentId,
  pairOf,
  type InstrumentId,
} from '../../../domain/market-data/instrument.ts';
import { rememberingSymbols } from '../remembered-symbols.ts';

/** `BTC-USD` → `coinbase:BTC-USD`. `null`: no spot product, as `BTC-PERP-INTX` and `BIT-28AUG26-CDE` are none. */
export const instrumentOfProduct = rememberingSymbols((productId): InstrumentId | null => {
  const instrumentId = `coinbase:${composed(productId)}`;
  return isInstrumentId(instrumentId) ? instrumentId : null;
});

/** `coinbase:BTC-USD` → `BTC-USD`. */
export function productOfInstrument(instrumentId: InstrumentId): string {
  return pairOf(instrumentId);
}

/** `BTC-USD`, `BTC/USD` or `coinbase:BTC-USD` → `coinbase:BTC-USD`. `null`: not a product that Coinbase could have. */
export function readInstrument(text: string): InstrumentId | null {
  const isNamed = text.includes(':');
  if (isNamed && exchangeOf(text) !== 'coinbase') return null;
  return instrumentOfProduct((isNamed ? pairOf(text) : text).toUpperCase().replace('/', '-'));
}
