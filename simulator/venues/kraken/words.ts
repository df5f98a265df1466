import type { Listing } from '../../market/listing.ts';

export function pairOf({ base, quote }: Listing): string {
  return `${base}/${quote}`;
}
