/**
 * Prices as exact integers by which the levels of a book are ordered. An integer that a double holds exactly compares in a
 * nanosecond, so a book takes the coarsest scale that holds all of its prices: nearly every one is held at eight places.
 */
import { DECIMAL_PLACES, parseDecimal } from '../../decimal.ts';
import { digitsOf, MAX_FAST_DIGITS } from './decimal-digits.ts';

/** Keys of one book are of one scale, and so of one type. */
export type PriceKey = number | bigint;

/** How the prices of a book are made into keys. */
export interface PriceScale {
  readonly places: number;
  /** Bigints hold whatever a decimal does. */
  readonly isBig: boolean;
  /** The next one that holds more; null: there is none, and none is needed. */
  readonly finer: PriceScale | null;
}

const BIG: PriceScale = { places: DECIMAL_PLACES, isBig: true, finer: null };
const TWELVE_PLACES: PriceScale = { places: DECIMAL_PLACES, isBig: false, finer: BIG };
/** Up to 90 million with eight places, then up to 9,007 with twelve, then anything. */
export const FIRST_SCALE: PriceScale = { places: 8, isBig: false, finer: TWELVE_PLACES };

/** The price is one, but no key of this scale. */
export const NEEDS_FINER_SCALE = 'needs finer scale';

const POWERS_OF_TEN: readonly number[] = Array.from({ length: DECIMAL_PLACES + 1 }, (_, n) => 10 ** n);

/** @returns the price's key; null: the text is no plain decimal above zero of at most 12 places. */
export function priceKeyOf(text: string, scale: PriceScale): PriceKey | typeof NEEDS_FINER_SCALE | null {
  const { length } = text;
  if (scale.isBig || length > MAX_FAST_DIGITS + 1) return slowKeyOf(text, scale);
  let mantissa = digitsOf(text);
  if (mantissa === null) return null;
  const point = text.indexOf('.');
  if (point === 0 || point === length - 1 || length - (point < 0 ? 0 : 1) > MAX_FAST_DIGITS)
    return slowKeyOf(text, scale);
  let places = point < 0 ? 0 : length - point - 1;
  // Some write ten places of which they use seven.
  for (; places > scale.places; places--) {
    if (mantissa % 10 !== 0) return places > DECIMAL_PLACES ? slowKeyOf(text, scale) : NEEDS_FINER_SCALE;
    mantissa /= 10;
  }
  const key = mantissa * POWERS_OF_TEN[scale.places - places]!;
  if (key > Number.MAX_SAFE_INTEGER) return NEEDS_FINER_SCALE;
  return key > 0 ? key : null;
}

function slowKeyOf(text: string, { places, isBig }: PriceScale): PriceKey | typeof NEEDS_FINER_SCALE | null {
  const price = parseDecimal(text);
  if (price === null || price <= 0n) return null;
  if (isBig) return price;
  const step = BigInt(POWERS_OF_TEN[DECIMAL_PLACES - places]!);
  if (price % step !== 0n) return NEEDS_FINER_SCALE;
  const key = price / step;
  return key > BigInt(Number.MAX_SAFE_INTEGER) ? NEEDS_FINER_SCALE : Number(key);
}
