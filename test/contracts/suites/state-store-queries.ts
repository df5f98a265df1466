/** How a StateStore lists its items: by partition and by index, in pages. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import {
  BadCursor,
  type IndexKey,
  type Item,
  type Page,
  type StateStore,
} from '../../../shared/ports/state-store.ts';
import { eventually } from './eventually.ts';
import { freshKey, NONE, put, remove } from './state-writes.ts';

async function everyPage(read: (after: string | undefined) => Promise<Page<unknown>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await read(after);
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

/** Whatever somebody may hand in who got no cursor at all. */
const GARBAGE = [
  '',
  'garbage',
  '%00',
  '[]',
  '["orders"]',
  ...['null', '{}', '[]', '["orders"]', '["", "", ""]', '[1, 2, 3]', '["", "", "", "", ""]'].map((json) =>
    Buffer.from(json).toString('base64url'),
  ),
];

/** The cursor that a page gives once it is not the last. */
async function nextOf(read: () => Promise<Page<unknown>>): Promise<string> {
  let cursor: string | null = null;
  await eventually(read, ({ next }) => {
    cursor = next;
    expect(cursor).not.toBeNull();
  });
  return cursor ?? '';
}

export function describeQueries(store: () => StateStore): void {
  const pk = `TEST#${randomUUID()}`;
  const sortKeys = ['FILL#1', 'FILL#10', 'FILL#2', 'FILL#é', 'FILL#～', 'FILL#🚀', 'FILM', 'FIL', 'ORDER#1'];
  const fills = sortKeys.slice(0, 6);

  beforeAll(async () => {
    for (const sk of [...sortKeys].reverse()) await store().write(put({ pk, sk }, sk, NONE));
    await store().write(put({ pk: `${pk}0`, sk: 'FILL#0' }, 'another partition', NONE));
  });

  it('lists the items of a partition whose sort key has the prefix, in byte order', async () => {
    const page = await store().query('orders', pk, 'FILL#', { limit: 100 });
    expect(page.items.map((item) => item.sk)).toEqual(fills);
    expect(page.items[0]).toEqual({ pk, sk: 'FILL#1', version: 1, value: 'FILL#1' });
    const everything = await store().query('orders', pk, '', { limit: 100 });
    expect(everything.items).toHaveLength(sortKeys.length);
  });

  it('lists them backwards when asked', async () => {
    const page = await store().query('orders', pk, 'FILL#', { limit: 2, descending: true });
    expect(page.items.map((item) => item.sk)).toEqual([...fills].reverse().slice(0, 2));
  });

  it('pages through all of them once, forwards and backwards', async () => {
    for (const descending of [false, true]) {
      const items = await everyPage((after) =>
        store().query('orders', pk, 'FILL#', { limit: 2, after, descending }),
      );
      expect(items.map((item) => item.sk)).toEqual(descending ? [...fills].reverse() : fills);
    }
  });

  it('refuses a cursor that no page of this listing gave', async () => {
    const other = `TEST#${randomUUID()}`;
    const index = { partition: pk, sort: 'FILL#1' };
    for (const sk of ['FILL#1', 'FILL#2']) {
      await store().write(put({ pk: other, sk }, sk, NONE, { index }));
      await store().write(put({ pk, sk }, sk, NONE, { table: 'portfolio' }));
    }
    const foreign = await Promise.all([
      nextOf(async () => store().query('orders', other, 'FILL#', { limit: 1 })),
      nextOf(async () => store().query('orders', pk, 'FIL', { limit: 1 })),
      nextOf(async () => store().query('portfolio', pk, 'FILL#', { limit: 1 })),
      nextOf(async () => store().queryIndex('orders', pk, { limit: 1 })),
    ]);
    for (const after of [...foreign, ...GARBAGE]) {
      await expect(store().query('orders', pk, 'FILL#', { limit: 1, after })).rejects.toThrow(BadCursor);
    }
  });

  it('finds nothing in an unknown partition', async () => {
    expect(await store().query('orders', `TEST#${randomUUID()}`, '', { limit: 10 })).toEqual({
      items: [],
      next: null,
    });
  });
}

export function describeIndexQueries(store: () => StateStore): void {
  const partition = `TEST#${randomUUID()}`;
  const rows = [
    { pk: `TEST#${randomUUID()}`, sort: '003' },
    { pk: `TEST#${randomUUID()}`, sort: '001' },
    { pk: `TEST#${randomUUID()}`, sort: '002' },
    { pk: `TEST#${randomUUID()}`, sort: '002' },
    { pk: `TEST#${randomUUID()}`, sort: '0025' },
  ];
  const sorts = rows.map((row) => row.sort).sort();
  const indexed = (pk: string, index?: IndexKey) =>
    put({ pk, sk: 'ITEM' }, pk, NONE, index === undefined ? {} : { index });

  beforeAll(async () => {
    for (const { pk, sort } of rows) await store().write(indexed(pk, { partition, sort }));
    await store().write(indexed(`TEST#${randomUUID()}`));
    await store().write(indexed(`TEST#${randomUUID()}`, { partition: `${partition}0`, sort: '001' }));
  });

  const sortsOf = (items: readonly Item[]) => items.map((item) => item.index?.sort);

  it('lists what carries the index key, oldest sort key first', async () => {
    await eventually(
      async () => store().queryIndex('orders', partition, { limit: 100 }),
      (page) => {
        expect(sortsOf(page.items)).toEqual(sorts);
        expect(page.items[0]).toMatchObject({ pk: rows[1]!.pk, sk: 'ITEM', value: rows[1]!.pk, version: 1 });
      },
    );
    expect((await store().queryIndex('portfolio', partition, { limit: 100 })).items).toEqual([]);
  });

  it('lists up to a sort key, that one included', async () => {
    const page = await store().queryIndex('orders', partition, { limit: 100, sortUpTo: '002' });
    expect(sortsOf(page.items)).toEqual(['001', '002', '002']);
    const newest = await store().queryIndex('orders', partition, {
      limit: 2,
      sortUpTo: '0025',
      descending: true,
    });
    expect(sortsOf(newest.items)).toEqual(['0025', '002']);
  });

  it('pages through all of them once, equal sort keys too', async () => {
    for (const descending of [false, true]) {
      const items = await everyPage((after) =>
        store().queryIndex('orders', partition, { limit: 2, after, descending, sortUpTo: '0025' }),
      );
      const expected = sorts.filter((sort) => sort <= '0025');
      expect(sortsOf(items)).toEqual(descending ? expected.reverse() : expected);
      expect(new Set(items.map((item) => item.pk)).size).toBe(items.length);
    }
  });

  it('refuses a cursor that no page of this listing gave', async () => {
    const [mine, other] = [`TEST#${randomUUID()}`, `TEST#${randomUUID()}`];
    for (const sk of ['ITEM#1', 'ITEM#2']) {
      const bySort = { index: { partition: mine, sort: sk } };
      await store().write(put({ pk: mine, sk }, 1, NONE, bySort));
      await store().write(put({ pk: mine, sk }, 1, NONE, { ...bySort, table: 'portfolio' }));
      await store().write(put({ pk: other, sk }, 1, NONE, { index: { partition: other, sort: sk } }));
    }
    const foreign = await Promise.all([
      nextOf(async () => store().queryIndex('orders', other, { limit: 1 })),
      nextOf(async () => store().queryIndex('portfolio', mine, { limit: 1 })),
      nextOf(async () => store().queryIndex('orders', mine, { limit: 1, descending: true })),
      nextOf(async () => store().query('orders', mine, '', { limit: 1 })),
    ]);
    for (const after of [...foreign, ...GARBAGE]) {
      for (const descending of [false, true]) {
        const options = { limit: 1, after, descending, sortUpTo: 'ITEM#1' };
        await expect(store().queryIndex('orders', mine, options)).rejects.toThrow(BadCursor);
      }
    }
  });

  it('forgets an item whose index key was left out or that was deleted', async () => {
    const shortLived = `TEST#${randomUUID()}`;
    const [kept, unindexed, deleted] = [freshKey(), freshKey(), freshKey()];
    const index = { partition: shortLived, sort: 'x' };
    for (const key of [kept, unindexed, deleted]) await store().write(put(key, 1, NONE, { index }));
    await store().write(put(unindexed, 2, NONE));
    await store().write(remove(deleted, NONE));
    await eventually(
      async () => store().queryIndex('orders', shortLived, { limit: 10 }),
      (page) => expect(page.items.map((item) => item.pk)).toEqual([kept.pk]),
    );
  });
}
