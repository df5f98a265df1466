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

/**
 * Each round asks for no more items than are still wanted, so that a page ends where its cursor says.
 * @param read one page of the listing.
 */
export async function listItems<T>(
  read: (options: QueryOptions) => Promise<Page<T>>,
  { limit, after }: PageQuery,
  { descending = false, keep = () => true }: ListingOptions<T> = {},
): Promise<Listing<T>> {
  const items: T[] = [];
  let next: string | null = after ?? null;
  try {
    for (let round = 0; round < MAX_ROUNDS && items.length < limit; round++) {
      const page: Page<T> = await read({ limit: limit - items.length, after: next ?? undefined, descending });
      items.push(...page.items.map((item) => item.value).filter(keep));
      next = page.next;
      if (next === null) break;
    }
  } catch (error) {
    if (error instanceof BadCursor) return NOT_A_CURSOR;
    throw error;
  }
  return { kind: 'done', body: { items, next } };
}
