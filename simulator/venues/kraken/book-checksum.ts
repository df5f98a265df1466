import { crc32 } from 'node:zlib';
import { fixed, type Listing } from '../../market/listing.ts';
import type { Level, MarketBook } from '../../market/market-book.ts';

const LEVELS = 10;

/**
 * The CRC32 over the ten best asks and the ten best bids, each price and quantity as it is sent, without its point and the
 * zeros before its first digit. https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
 */
export function krakenChecksum(
  { priceDecimals, quantityDecimals }: Listing,
  { asks, bids }: MarketBook,
): number {
  const digits = (levels: readonly Level[]): string =>
    levels
      .slice(0, LEVELS)
      .map(([price, quantity]) => bare(fixed(price, priceDecimals)) + bare(fixed(quantity, quantityDecimals)))
      .join('');
  return crc32(digits(asks) + digits(bids));
}

function bare(amount: string): string {
  return amount.replace('.', '').replace(/^0+/, '');
}
