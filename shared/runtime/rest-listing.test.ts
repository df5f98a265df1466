import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BadCursor, type Page, type QueryOptions } from '../ports/state-store.ts';
import { listItems } from './rest-listing.ts';

/** A listing of the numbers from 0, whose cursors are the number that comes next. */
function numbers(count: number) {
  return async ({ limit, after }: QueryOptions): Promise<Page<number>> => {
    if (after !== undefined && !/^\d+$/.test(after)) throw new BadCursor();
    const from = Number(after ?? 0);
    const values = Array.from({ length: Math.min(limit, count - from) }, (_, i) => from + i);
    const next = from + values.length;
    return {
      items: values.map((value) => ({ pk: 'n', sk: String(value), version: 1, value })),
      next: next < count ? String(next) : null,
    };
  };
}

async function readAll(count: number, limit: number, keep: (n: number) => boolean): Promise<number[][]> {
  const pages: number[][] = [];
  let after: string | undefined;
  do {
    const listing = await listItems(numbers(count), { limit, after }, { keep });
    if (listing.kind !== 'done') throw new Error(listing.kind);
    pages.push(listing.body.items);
    after = listing.body.next ?? undefined;
  } while (after !== undefined);
  return pages;
}

describe('a listing', () => {
  it('shows what passes its filter once and in order, in pages that are never too long', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        async (passes, limit) => {
          const pages = await readAll(passes.length, limit, (n) => passes[n] === true);
          expect(pages.flat()).toEqual(passes.flatMap((pass, n) => (pass ? [n] : [])));
          expect(Math.max(0, ...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends in a short page rather than reading on when nothing passes', async () => {
    let reads = 0;
    const read = async (options: QueryOptions) => {
      reads++;
      return numbers(1_000_000)(options);
    };
    const listing = await listItems(read, { limit: 10 }, { keep: () => false });
    expect(listing).toMatchObject({ kind: 'done', body: { items: [], next: '200' } });
    expect(reads).toBe(20);
  });

  it('shows large items in pages that a function may answer with', async () => {
    // Small ones first: what follows is larger than they lead one to expect.
    const sizes = [...Array<number>(150).fill(10), ...Array<number>(150).fill(100_000)];
    const read = async (options: QueryOptions): Promise<Page<string>> => {
      const page = await numbers(sizes.length)(options);
      return {
        ...page,
        items: page.items.map((item) => ({ ...item, value: '"'.repeat(sizes[item.value]!) })),
      };
    };
    const shown: number[] = [];
    let after: string | undefined;
    do {
      const listing = await listItems(read, { limit: 1000, after });
      if (listing.kind !== 'done') throw new Error(listing.kind);
      // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
      expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(listing.body) }))).toBeLessThan(
        6 * 1024 * 1024,
      );
      expect(listing.body.items.length).toBeGreaterThan(0);
      shown.push(...listing.body.items.map((text) => text.length));
      after = listing.body.next ?? undefined;
    } while (after !== undefined);
    expect(shown).toEqual(sizes);
  });

  it('refuses a cursor that no page gave', async () => {
    expect(await listItems(numbers(3), { limit: 1, after: 'forged' })).toEqual({
      kind: 'bad-request',
      detail: 'query.after: expected `next` of a page of this listing',
    });
  });

  it('takes no other failure for a bad cursor', async () => {
    const read = async () => Promise.reject(new RangeError('a mistake of ours'));
    await expect(listItems(read, { limit: 1 })).rejects.toThrow('a mistake of ours');
  });
});
