/**
 * Numbers as a venue wrote them. `JSON.parse` makes doubles of them, which lose digits of long ones and the trailing
 * zeros that checksums are made over; quoted beforehand, they come out as text, digit for digit.
 */

/** Quotes the numbers under these keys. Within a string a key's quotes would be escaped, so nothing else is touched. */
export function numberQuoter(keys: readonly string[]): (json: string) => string {
  const number = new RegExp(`("(?:${keys.join('|')})"\\s*:\\s*)(-?\\d[\\d.eE+-]*)`, 'g');
  return (json) => json.replace(number, '$1"$2"');
}

/**
 * Quotes the first two numbers of every list of fields, for those that have no keys: `[61837.6,0.02,…` → `["61837.6","0.02",…`.
 * To be used on messages that have such lists and no text that looks like one.
 */
export function quoteLeadingPairs(json: string): string {
  return json.replace(LEADING_PAIR, '["$2","$4",');
}

/** Quotes the numbers of every pair, such as the levels of a book: `[61837.6,0.02]` → `["61837.6","0.02"]`. To be used as that. */
export function quotePairs(json: string): string {
  return json.replace(PAIR, '["$2","$4"]');
}

/** Whether a row begins with a number that should be text: who wrote a venue's messages anew has made numbers of them. */
export function hasBarePair(rows: unknown): boolean {
  return (
    Array.isArray(rows) &&
    rows.some(
      (row: unknown) => Array.isArray(row) && (typeof row[0] === 'number' || typeof row[1] === 'number'),
    )
  );
}

const TWO_NUMBERS = String.raw`\[\s*("?)(-?\d[\d.eE+-]*)\1\s*,\s*("?)(-?\d[\d.eE+-]*)\3\s*`;
const PAIR = new RegExp(String.raw`${TWO_NUMBERS}\]`, 'g');
const LEADING_PAIR = new RegExp(`${TWO_NUMBERS},`, 'g');

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/;
/** No price has more, and looking for zeros at the end of nonsense would cost the square of its length. */
const MAX_CHARACTERS = 100;
const TRAILING_ZEROS = /\.?0+$/;

/** `354.11000000` → `354.11`, `1e-07` → `0.0000001`: the same number without an exponent. Anything else passes as it is. */
export function plainDecimal(token: string): string {
  if (token.length > MAX_CHARACTERS) return token;
  if (PLAIN.test(token)) return withoutTrailingZeros(token);
  const parts = EXPONENT.exec(token);
  if (parts === null) return token;
  return withoutTrailingZeros(shifted(parts[1]!, parts[2]!, parts[3] ?? '', Number(parts[4])));
}

function withoutTrailingZeros(plain: string): string {
  return plain.includes('.') ? plain.replace(TRAILING_ZEROS, '') : plain;
}

function shifted(sign: string, whole: string, fraction: string, exponent: number): string {
  const digits = `${whole}${fraction}`;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  const rest = padded.slice(point);
  const before = padded.slice(0, point).replace(/^0+(?=\d)/, '');
  return rest === '' ? `${sign}${before}` : `${sign}${before}.${rest}`;
}
