import { currenciesOf, type InstrumentId } from './instrument.ts';

const DOLLAR = 'USD';
/** What is issued against dollars, one for one. */
const DOLLARS: ReadonlySet<string> = new Set([
  DOLLAR,
  'USDT',
  'USDC',
  'FDUSD',
  'BUSD',
  'TUSD',
  'USDP',
  'PYUSD',
  'USD1',
  'USDS',
  'DAI',
]);

/** What a price is the price of. */
export interface ComparedPair {
  /** Prices with the same name here are prices of the same. */
  readonly group: string;
  /** What is paid with. */
  readonly quote: string;
  /** The coin whose price in dollars it is, where that coin stands for a dollar; null: it is another price. */
  readonly peg: string | null;
}

/**
 * Binance has no dollars and the others hardly Tether, so all that stands for a dollar is taken for one; everything else is
 * compared with what is paid for in the same. Two assets to which venues have given one code are not told apart.
 */
export function comparedPair(instrumentId: InstrumentId): ComparedPair {
  const { base, quote } = currenciesOf(instrumentId);
  return {
    group: `${base}/${DOLLARS.has(quote) ? DOLLAR : quote}`,
    quote,
    peg: quote === DOLLAR && DOLLARS.has(base) ? base : null,
  };
}
