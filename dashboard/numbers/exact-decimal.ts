/**
 * Exact arithmetic over the decimal strings of the API. The page imports no code of the platform, so it has the few
 * operations that it needs here, with the ledger's 12 places; money never passes through a float on its way to text.
 */

const PLACES = 12;
const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;

/** The value times 10^12. @throws RangeError for text that is no decimal of at most 12 places. */
export function scaled(text: string): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`expected a decimal of at most ${PLACES} places, got "${text}"`);
  const [, sign, integer, fraction = ''] = match;
  const magnitude = BigInt(`${integer ?? ''}${fraction.padEnd(PLACES, '0')}`);
  return sign === '-' ? -magnitude : magnitude;
}

/** Canonical text of a scaled value: no trailing zeros. */
export function unscaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction === '' ? '' : `.${fraction}`}`;
}

const ONE = 10n ** BigInt(PLACES);

/** a × b of scaled values, rounded towards zero as the ledger does. */
export function multiplyScaled(a: bigint, b: bigint): bigint {
  return (a * b) / ONE;
}

export function subtract(a: string, b: string): string {
  return unscaled(scaled(a) - scaled(b));
}

export function add(a: string, b: string): string {
  return unscaled(scaled(a) + scaled(b));
}

export function signOf(text: string): -1 | 0 | 1 {
  const value = scaled(text);
  if (value === 0n) return 0;
  return value < 0n ? -1 : 1;
}

/** part ÷ whole as a plain ratio, good to nine digits. `null`: of nothing there is no ratio. */
export function ratioOf(part: string, whole: string): number | null {
  const divisor = scaled(whole);
  if (divisor === 0n) return null;
  return Number((scaled(part) * 1_000_000_000_000n) / divisor) / 1e12;
}

/** Rounds half away from zero to `places` and keeps the zeros behind, so that columns stay aligned. */
export function toFixed(text: string, places: number): string {
  const unit = 10n ** BigInt(PLACES - places);
  const value = scaled(text);
  const magnitude = value < 0n ? -value : value;
  const units = (magnitude + unit / 2n) / unit;
  const digits = units.toString().padStart(places + 1, '0');
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`;
  const sign = value < 0n && units > 0n ? '-' : '';
  return `${sign}${digits.slice(0, digits.length - places)}${fraction}`;
}

/** Places behind the point of canonical text. */
export function placesOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}
