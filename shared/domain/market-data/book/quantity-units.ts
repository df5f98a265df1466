import { digitsOf, MAX_FAST_DIGITS } from './decimal-digits.ts';
import { FIRST_SCALE, priceKeyOf } from './price-scale.ts';

/** Two of these are still exact together in a double. */
export const MAX_UNITS = 2 ** 52;
/** A quantity that is there, but is no whole number of units, or one too large to be added up as a double. */
export const NO_UNITS = -1;

/**
 * A quantity in units of `FIRST_SCALE`, which nearly all quantities are whole multiples of: told from its text in one look,
 * since every change of every level comes by here.
 * @returns 0: the level is gone; `NO_UNITS`: it is there; null: the text is no plain decimal of zero or more.
 */
export function unitsOf(text: string): number | null {
  const { length } = text;
  const mantissa = digitsOf(text);
  if (mantissa === null) return null;
  const point = text.indexOf('.');
  if (length === 0 || point === 0 || point === length - 1) return null;
  if (mantissa === 0) return 0;
  const places = point < 0 ? 0 : length - point - 1;
  const isFast = length <= MAX_FAST_DIGITS && places <= FIRST_SCALE.places;
  const units = isFast ? mantissa * 10 ** (FIRST_SCALE.places - places) : priceKeyOf(text, FIRST_SCALE);
  return typeof units === 'number' && units <= MAX_UNITS ? units : NO_UNITS;
}
