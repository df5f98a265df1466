/** Lists over REST: one bounded page of a table's index, filtered or not. */
import { BadCursor, type Page, type QueryOptions } from '../ports/state-store.ts';
import type { Refusal } from './rest-outcome.ts';

/** Pages read for one answer: a filter that nearly nothing passes ends in a short page, not in a long wait. */
const MAX_ROUNDS = 20;

export interface PageQuery {
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface ListingOptions<T> {
  readonly descending?: boolean;
  readonly keep?: (value: T) => boolean;
}

export type Listing<T> =
  { readonly kind: 'done'; readonly body: { items: T[]; next: string | null } } | Refusal;

/** `after` is not what a page of this listing gave out. */
export const NOT_A_CURSOR: Refusal = {
  kind: 'bad-request',
  detail: 'query.after: expected `next` of a page of this listing',
};

/** A function answers with at most 6 MB, what is around the items included. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;
/** Items of the first read, before anything is known of their size. */
const FIRST_READ = 100;

/**
 * Each round asks for no more items than are still wanted, so that a page ends where its cursor says; where they get
 * too large for one answer, the last round is read again with as many as fit.
 * @param read one page of the listing.
 */
export async function listItems<T>(
  read: (options: QueryOptions) => Promise<Page<T>>,
  { limit, after }: PageQuery,
  { descending = false, keep = () => true }: ListingOptions<T> = {},
): Promise<Listing<T>> {
  const items: T[] = [];
  let next: string | null = after ?? null;
  let bytes = 0;
  let atOnce = FIRST_READ;
  try {
    for (let round = 0; round < MAX_ROUNDS && items.length < limit; round++) {
      const from = { after: next ?? undefined, descending };
      let page: Page<T> = await read({ ...from, limit: Math.min(limit - items.length, atOnce) });
      const sizes = page.items.map(({ value }) => (keep(value) ? bytesOf(value) : 0));
      const fitting = countFitting(sizes, MAX_ANSWER_BYTES - bytes);
      const isFull = fitting < page.items.length;
      if (isFull && fitting === 0) break;
      if (isFull) page = await read({ ...from, limit: fitting });
      items.push(...page.items.map((item) => item.value).filter(keep));
      next = page.next;
      if (next === null || isFull) break;
      bytes += sizes.reduce((sum, size) => sum + size, 0);
      atOnce = Math.max(1, Math.floor((MAX_ANSWER_BYTES - bytes) / Math.max(1, ...sizes)));
    }
  } catch (error) {
    if (error instanceof BadCursor) return NOT_A_CURSOR;
    throw error;
  }
  return { kind: 'done', body: { items, next } };
}

/** As it travels: the answer is JSON, and its body is a text in it. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

/** How many of the first come to no more than `room`. */
function countFitting(sizes: readonly number[], room: number): number {
  let sum = 0;
  const tooMuch = sizes.findIndex((size) => (sum += size) > room);
  return tooMuch === -1 ? sizes.length : tooMuch;
}
