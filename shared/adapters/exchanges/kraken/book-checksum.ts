import { crc32 } from 'node:zlib';
import type { BookSide, Level } from '../../../domain/market-data/book/book-side.ts';
import type { OrderBook } from '../../../domain/market-data/book/order-book.ts';

const LEVELS = 10;
const CODE_0 = 48;

/**
 * Kraken's checksum of a book: the CRC32 of its ten best asks, then its ten best bids, the best first, each price and
 * quantity as the venue wrote it, without the point and the zeros before the first digit.
 * https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
 */
export function checksumOf({ bids, asks }: Pick<OrderBook, 'bids' | 'asks'>): number {
  const [bestAsks, bestBids] = [best(asks), best(bids)];
  const levels = [...bestAsks, ...bestBids];
  const [prices, quantities] = [levels.map(({ price }) => price), levels.map(({ quantity }) => quantity)];
  const [pricePlaces, quantityPlaces] = [mostPlaces(prices), mostPlaces(quantities)];
  let text = '';
  for (let n = 0; n < levels.length; n++)
    text += digitsOf(prices[n]!, pricePlaces) + digitsOf(quantities[n]!, quantityPlaces);
  return crc32(text);
}

function best({ levels }: BookSide): Level[] {
  return levels.slice(-LEVELS).reverse();
}

function placesOf(token: string): number {
  const point = token.indexOf('.');
  return point < 0 ? 0 : token.length - point - 1;
}

/** Kraken writes all prices of a pair with the same places, and all quantities. */
function mostPlaces(tokens: readonly string[]): number {
  let most = 0;
  for (const token of tokens) most = Math.max(most, placesOf(token));
  return most;
}

/** @param places what an exponent or a rewriting of the message may have cost a token of its zeros is put back. */
function digitsOf(token: string, places: number): string {
  const missing = places - placesOf(token);
  const digits = token.replace('.', '') + '0'.repeat(missing);
  let from = 0;
  while (digits.charCodeAt(from) === CODE_0) from++;
  return from === 0 ? digits : digits.slice(from);
}
