/**
 * Cursors of the state stores: where a page ended, opaque to whoever carries it to the next one. Readers hand in over
 * REST what they were given, or anything else. What is no place in the listing is refused here and alike for every
 * store, since DynamoDB answers it with an error that looks like a fault of ours.
 */
import { BadCursor, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, type Item } from '../ports/state-store.ts';
import type { TableName } from '../topology.ts';

/** What a page is a page of. */
export type Listing =
  | {
      readonly kind: 'partition';
      readonly table: TableName;
      readonly partition: string;
      readonly sortPrefix: string;
    }
  | {
      readonly kind: 'index';
      readonly table: TableName;
      readonly partition: string;
      readonly sortUpTo: string | undefined;
    };

/** The item that a page ended with: `sort` is the index's sort key, or the item's own. */
export type Place = readonly [sort: string, pk: string, sk: string];

export function cursorAfter({ kind, table, partition }: Listing, { pk, sk, index }: Item): string {
  const place = kind === 'index' ? [index?.sort ?? '', pk, sk] : [sk];
  return Buffer.from(JSON.stringify([table, partition, ...place])).toString('base64url');
}

/** @throws BadCursor */
export function placeOf(cursor: string, listing: Listing): Place {
  const [table, partition, sort, ...item] = textsOf(cursor);
  if (table !== listing.table || partition !== listing.partition || sort === undefined) throw new BadCursor();
  if (item.length !== (listing.kind === 'index' ? 2 : 0)) throw new BadCursor();
  const [pk = partition, sk = sort] = item;
  const keysHold =
    isKey(sort, MAX_SORT_KEY_BYTES) && isKey(pk, MAX_PARTITION_KEY_BYTES) && isKey(sk, MAX_SORT_KEY_BYTES);
  if (!keysHold || !isWithin(listing, sort)) throw new BadCursor();
  return [sort, pk, sk];
}

/** @returns nothing for a text that no store gave out. */
function textsOf(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

/** A text with half a character in it is none to DynamoDB. */
function isKey(text: string, maxBytes: number): boolean {
  return text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= maxBytes;
}

function isWithin(listing: Listing, sort: string): boolean {
  if (listing.kind === 'partition') return sort.startsWith(listing.sortPrefix);
  const { sortUpTo } = listing;
  // Stores order texts by their bytes, which is not how JavaScript compares them.
  return sortUpTo === undefined || Buffer.compare(Buffer.from(sort), Buffer.from(sortUpTo)) <= 0;
}
