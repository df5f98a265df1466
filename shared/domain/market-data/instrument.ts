/** `exchange:BASE-QUOTE` in common codes, for example `binance:BTC-USDT`. */
export type InstrumentId = string;

/** Letters and digits of any script, the first no small letter: venues list pairs by Chinese names, and Kraken's `AAPLx`. */
const CODE = String.raw`[\p{Lu}\p{Lo}\p{Nd}][\p{L}\p{Nd}]{0,19}`;
/** A code and a pair as patterns, for schemas: those of `INSTRUMENT_ID` and what `isPair` says beyond it. */
export const PAIR = new RegExp(`^${CODE}-${CODE}$`, 'u');
export const INSTRUMENT_ID = new RegExp(`^[a-z][a-z0-9]{1,15}:${CODE}-${CODE}$`, 'u');

/** Letters that nobody can see: two names that look alike would differ by one. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const ASCII = /^[\x21-\x7e]*$/;

export function isInstrumentId(text: string): boolean {
  return INSTRUMENT_ID.test(text) && isCanonical(text);
}

/** `BASE-QUOTE`. */
export function isPair(text: string): boolean {
  return PAIR.test(text) && isCanonical(text);
}

/** One name has one spelling: what can be composed is composed. Names that people type are brought to it by `composed`. */
function isCanonical(text: string): boolean {
  return ASCII.test(text) || (text === composed(text) && !INVISIBLE.test(text));
}

/** In Unicode's normal form C. */
export function composed(text: string): string {
  return text.normalize('NFC');
}

export function exchangeOf(instrumentId: InstrumentId): string {
  return instrumentId.slice(0, instrumentId.indexOf(':'));
}

/** The `BASE-QUOTE` part. */
export function pairOf(instrumentId: InstrumentId): string {
  return instrumentId.slice(instrumentId.indexOf(':') + 1);
}

/** What is traded, and what it is paid for in. */
export interface Currencies {
  readonly base: string;
  readonly quote: string;
}

export function currenciesOf(instrumentId: InstrumentId): Currencies {
  const [base = '', quote = ''] = pairOf(instrumentId).split('-');
  return { base, quote };
}
