/**
 * Exact money. A `Decimal` is a BigInt scaled by 10^12: prices, quantities and cash are held in it and
 * cross every boundary as canonical decimal strings. Rounding is always towards zero, which for the
 * non-negative amounts of a ledger is down: a position never holds more than was paid for.
 */
export type Decimal = bigint;

export const DECIMAL_PLACES = 12;
export const ONE: Decimal = 10n ** 12n;
export const ZERO: Decimal = 0n;

const POWERS_OF_TEN: readonly bigint[] = Array.from(
  { length: DECIMAL_PLACES + 1 },
  (_, i) => 10n ** BigInt(i),
);
const CODE_0 = 48;
const CODE_9 = 57;
const CODE_POINT = 46;
/** Mantissas of up to 15 digits stay exact in a double, which parses twice as fast as a BigInt. */
const MAX_FAST_DIGITS = 15;
/** 26 digits before the point is what ClickHouse's Decimal(38, 12) holds. */
const MAX_INTEGER_DIGITS = 26;

/**
 * Parses a plain decimal such as `61837.63000000`.
 * @returns null when the text is not one: empty, an exponent, a sign alone, over 12 significant places or 26 integer digits.
 */
export function parseDecimal(text: string): Decimal | null {
  let mantissa = 0;
  let places = -1;
  const length = text.length;
  if (length === 0 || length > MAX_FAST_DIGITS + 1) return parseLongDecimal(text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= CODE_0 && code <= CODE_9) {
      mantissa = mantissa * 10 + (code - CODE_0);
      if (places >= 0) places++;
    } else if (code === CODE_POINT && places < 0 && i > 0) {
      places = 0;
    } else {
      return parseLongDecimal(text);
    }
  }
  if (places === 0 || mantissa > Number.MAX_SAFE_INTEGER) return parseLongDecimal(text);
  if (places < 0) places = 0;
  if (places > DECIMAL_PLACES) return parseLongDecimal(text);
  return BigInt(mantissa) * POWERS_OF_TEN[DECIMAL_PLACES - places]!;
}

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

function parseLongDecimal(text: string): Decimal | null {
  const match = PLAIN_DECIMAL.exec(text);
  if (!match) return null;
  const [, sign = '', integer = '', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > DECIMAL_PLACES || integer.replace(/^0+/, '').length > MAX_INTEGER_DIGITS)
    return null;
  const magnitude = BigInt(integer + significant.padEnd(DECIMAL_PLACES, '0'));
  return sign === '-' ? -magnitude : magnitude;
}

/** A number that outgrew its 26 digits, or a text that is none. */
export class NotADecimal extends RangeError {
  override readonly name = 'NotADecimal';
}

/** Parses text that is known to be a decimal: our own records and constants. @throws NotADecimal on anything else. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === null) {
    const expected = `at most ${DECIMAL_PLACES} places and ${MAX_INTEGER_DIGITS} digits before them`;
    throw new NotADecimal(`not a decimal of ${expected}: ${JSON.stringify(text)}`);
  }
  return parsed;
}

/**
 * Rounds a finite number, half away from zero on its shortest decimal form, to 12 places. For files whose prices
 * carry float noise (`0.09946999000000001`) or an exponent; never for money already inside the ledger.
 */
export function decimalFromNumber(value: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  const text = value.toString();
  const plain = parseDecimal(text);
  // Nearly every price is one: a quarter of the time.
  if (plain !== null) return plain;
  const [mantissa = '0', exponentText = '0'] = text.split('e');
  const negative = mantissa.startsWith('-');
  const [integer = '0', fraction = ''] = mantissa.replace('-', '').split('.');
  const shift = DECIMAL_PLACES + Number(exponentText) - fraction.length;
  const digits = BigInt(integer + fraction);
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : roundHalfUp(digits, 10n ** BigInt(-shift));
  return negative ? -magnitude : magnitude;
}

function roundHalfUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor / 2n) / divisor;
}

/** Canonical text: no exponent, no trailing zeros, no point without digits behind it. */
export function formatDecimal(value: Decimal): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(DECIMAL_PLACES + 1, '0');
  const integer = digits.slice(0, -DECIMAL_PLACES);
  const fraction = digits.slice(-DECIMAL_PLACES).replace(/0+$/, '');
  return `${negative ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The nearest double: for indicators, statistics and charts only. */
export function toNumber(value: Decimal): number {
  return Number(formatDecimal(value));
}

/** a × b, rounded down to 12 places. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return (a * b) / ONE;
}

/** a ÷ b, rounded down to 12 places; b is not zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  return (a * ONE) / b;
}
