import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BadCursor } from '../ports/state-store.ts';
import { cursorAfter, placeOf, type Listing } from './page-cursor.ts';

const PARTITION = { kind: 'partition', table: 'orders', partition: 'p', sortPrefix: 'FILL#' } as const;
const INDEX = { kind: 'index', table: 'orders', partition: 'i', sortUpTo: 'é' } as const;

const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const key = fc.string({ minLength: 1, maxLength: 50, unit: 'binary' });

describe('a cursor', () => {
  it('leads back to the place where the page ended', () => {
    fc.assert(
      fc.property(key, key, key, (pk, sk, sort) => {
        const item = { pk, sk, version: 1, value: 1, index: { partition: 'i', sort } };
        const index: Listing = { kind: 'index', table: 'orders', partition: 'i', sortUpTo: undefined };
        expect(placeOf(cursorAfter(index, item), index)).toEqual([sort, pk, sk]);
        const partition: Listing = { kind: 'partition', table: 'orders', partition: pk, sortPrefix: '' };
        expect(placeOf(cursorAfter(partition, item), partition)).toEqual([sk, pk, sk]);
      }),
    );
  });

  it.each<[string, Listing, unknown[]]>([
    ['another table', PARTITION, ['signals', 'p', 'FILL#1']],
    ['another partition', PARTITION, ['orders', 'q', 'FILL#1']],
    ['another prefix', PARTITION, ['orders', 'p', 'FILM']],
    ['an index', PARTITION, ['orders', 'p', 'FILL#1', 'p', 'FILL#1']],
    ['another index partition', INDEX, ['orders', 'j', 'a', 'p', 's']],
    ['a listing that reaches further', INDEX, ['orders', 'i', '～', 'p', 's']],
    ['a listing that reaches further, in bytes', INDEX, ['orders', 'i', '🚀', 'p', 's']],
    ['no index', INDEX, ['orders', 'i', 'a']],
    ['half a place', INDEX, ['orders', 'i', 'a', 'p']],
    ['an empty key', INDEX, ['orders', 'i', 'a', '', 's']],
    ['a key that is too long', INDEX, ['orders', 'i', 'a', 'p', 's'.repeat(1025)]],
    ['half a character', PARTITION, ['orders', 'p', 'FILL#\ud83d']],
    ['a number', PARTITION, ['orders', 'p', 1]],
    ['nothing', PARTITION, []],
  ])('of %s is refused', (_, listing, parts) => {
    expect(() => placeOf(cursor(...parts), listing)).toThrow(BadCursor);
  });
});
