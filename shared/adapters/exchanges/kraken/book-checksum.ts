import { crc32 } from 'node:zlib';
import type { BookSide } from '../../../domain/market-data/book/book-side.ts';
import type { OrderBook } from '../../../domain/market-data/book/order-book.ts';

const LEVELS = 10;
const CODE_0 = 48;
const CODE_POINT = 46;

/** Digits of twenty levels, the longest that are read. It is filled and read within one call. */
const digits = Buffer.alloc(2 * LEVELS * 2 * 160);

/**
 * Kraken's checksum of a book: the CRC32 of its ten best asks, then its ten best bids, the best first, each price and
 * quantity as the venue wrote it, without the point and the zeros before the first digit.
 * https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
 */
export function checksumOf({ bids, asks }: Pick<OrderBook, 'bids' | 'asks'>): number {
  // Kraken writes all prices of a pair with the same places, and all quantities: what an exponent or a rewriting of the
  // message cost one of its zeros is put back.
  const pricePlaces = Math.max(mostPlaces(bids, 'price'), mostPlaces(asks, 'price'));
  const quantityPlaces = Math.max(mostPlaces(bids, 'quantity'), mostPlaces(asks, 'quantity'));
  let end = 0;
  for (const { levels } of [asks, bids]) {
    for (let n = levels.length - 1; n >= Math.max(0, levels.length - LEVELS); n--) {
      end = writeDigits(levels[n]!.price, pricePlaces, end);
      end = writeDigits(levels[n]!.quantity, quantityPlaces, end);
    }
  }
  return crc32(digits.subarray(0, end));
}

function mostPlaces({ levels }: BookSide, of: 'price' | 'quantity'): number {
  let most = 0;
  for (let n = levels.length - 1; n >= Math.max(0, levels.length - LEVELS); n--)
    most = Math.max(most, placesOf(levels[n]![of]));
  return most;
}

function placesOf(token: string): number {
  const point = token.indexOf('.');
  return point < 0 ? 0 : token.length - point - 1;
}

/** @returns where the next one begins. */
function writeDigits(token: string, places: number, from: number): number {
  let end = from;
  for (let n = 0; n < token.length; n++) {
    const code = token.charCodeAt(n);
    if (code !== CODE_POINT && (code !== CODE_0 || end > from)) digits[end++] = code;
  }
  for (let missing = places - placesOf(token); missing > 0; missing--) digits[end++] = CODE_0;
  return end;
}
