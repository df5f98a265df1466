import { fixed, type Listing } from '../../market/listing.ts';
import type { Level } from '../../market/market-book.ts';

/** Amounts have eight places. */
const PLACES = 8;

export function symbolOf({ base, quote }: Listing): string {
  return base + quote;
}

/** `60262.61` → `60262.61000000`. */
export function eightPlaces(units: number, decimals: number): string {
  return fixed(units, decimals) + '0'.repeat(PLACES - decimals);
}

export function rowsOf({ priceDecimals, quantityDecimals }: Listing, levels: readonly Level[]): string {
  return `[${levels
    .map(
      ([price, quantity]) =>
        `["${eightPlaces(price, priceDecimals)}","${eightPlaces(quantity, quantityDecimals)}"]`,
    )
    .join(',')}]`;
}
