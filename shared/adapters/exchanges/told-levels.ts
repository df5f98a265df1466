import type { ToldLevel } from '../../domain/market-data/book/order-book.ts';
import { plainDecimal } from './raw-numbers.ts';
import { MAX_FIELD_CHARACTERS } from './told-fields.ts';

const EXPONENT = /e/i;

/** @returns a level whose price and quantity are text, without an exponent; null: they are none. */
export function toldLevel(price: unknown, quantity: unknown): ToldLevel | null {
  if (typeof price !== 'string' || typeof quantity !== 'string') return null;
  if (price.length > MAX_FIELD_CHARACTERS || quantity.length > MAX_FIELD_CHARACTERS) return null;
  if (!EXPONENT.test(price) && !EXPONENT.test(quantity)) return [price, quantity];
  return plainLevel(plainDecimal(price), plainDecimal(quantity));
}

function plainLevel(price: string, quantity: string): ToldLevel | null {
  return price.length > MAX_CHARACTERS || quantity.length > MAX_CHARACTERS ? null : [price, quantity];
}

/** An exponent of two digits may make a hundred zeros of a field. */
const MAX_CHARACTERS = 2 * MAX_FIELD_CHARACTERS;

/** @param read gives null for a row that is no level. @returns the levels; null: they are no list, or one of them is none. */
export function toldLevels(
  rows: unknown,
  read: (row: unknown) => ToldLevel | null,
): readonly ToldLevel[] | null {
  if (!Array.isArray(rows)) return null;
  const levels: ToldLevel[] = [];
  for (const row of rows as unknown[]) {
    const level = read(row);
    if (level === null) return null;
    levels.push(level);
  }
  return levels;
}
