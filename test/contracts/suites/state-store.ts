/** What every StateStore promises. Uses fresh keys each run, so it may run over a table that others use. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConditionFailed,
  LimitExceeded,
  MAX_ITEM_BYTES,
  MAX_TRANSACTION_WRITES,
  type Condition,
  type DeleteWrite,
  type IndexKey,
  type Item,
  type Page,
  type PutWrite,
  type StateStore,
} from '../../../shared/ports/state-store.ts';
import { eventually } from './eventually.ts';

export interface StateStoreUnderTest {
  readonly store: StateStore;
  close(): Promise<void>;
}

const NONE: Condition = { kind: 'none' };
const ABSENT: Condition = { kind: 'absent' };
const at = (version: number): Condition => ({ kind: 'version', version });

export function describeStateStore(name: string, open: () => Promise<StateStoreUnderTest>): void {
  describe(`${name} keeps the promises of a StateStore`, () => {
    let underTest: StateStoreUnderTest;
    let store: StateStore;
    beforeAll(async () => {
      underTest = await open();
      store = underTest.store;
    });
    afterAll(async () => underTest.close());

    describeSingleWrites(() => store);
    describeTransactions(() => store);
    describeRaces(() => store);
    describeQueries(() => store);
    describeIndexQueries(() => store);
    describeLimits(() => store);
  });
}

function freshKey(): { pk: string; sk: string } {
  return { pk: `TEST#${randomUUID()}`, sk: 'ITEM' };
}

type PutExtras = Partial<Pick<PutWrite, 'table' | 'index' | 'expiresAtMs'>>;

function put(key: { pk: string; sk: string }, value: unknown, condition: Condition, extras: PutExtras = {}): PutWrite {
  return { kind: 'put', table: 'orders', ...key, value, condition, ...extras };
}

function remove(key: { pk: string; sk: string }, condition: Condition): DeleteWrite {
  return { kind: 'delete', table: 'orders', ...key, condition };
}

function describeSingleWrites(store: () => StateStore): void {
  it('finds nothing where nothing was written', async () => {
    expect(await store().get('orders', freshKey())).toBeNull();
  });

  it('gives back what was written, with version 1, and one more with each write', async () => {
    const key = freshKey();
    const value = { text: 'Zürich 🚀 "quoted"', numbers: [0, -1.5, 1e21, 9007199254740991], nested: { none: null, yes: true } };
    await store().write(put(key, value, NONE));
    expect(await store().get('orders', key)).toEqual({ ...key, version: 1, value });
    await store().write(put(key, { other: 1 }, NONE));
    expect(await store().get('orders', key)).toEqual({ ...key, version: 2, value: { other: 1 } });
  });

  it('keeps the index key and the expiry beside the value, until a write leaves them out', async () => {
    const key = freshKey();
    const index = { partition: `INDEX#${key.pk}`, sort: '001' };
    const expiresAtMs = 4_000_000_000_000;
    await store().write(put(key, 1, NONE, { index, expiresAtMs }));
    expect(await store().get('orders', key)).toEqual({ ...key, version: 1, value: 1, index, expiresAtMs });
    await store().write(put(key, 2, NONE));
    expect(await store().get('orders', key)).toEqual({ ...key, version: 2, value: 2 });
  });

  it('keeps one key in two tables apart', async () => {
    const key = freshKey();
    await store().write(put(key, 'order', NONE));
    expect(await store().get('portfolio', key)).toBeNull();
  });

  it('writes an absent item once', async () => {
    const key = freshKey();
    await store().write(put(key, 'first', ABSENT));
    const second = store().write(put(key, 'second', ABSENT));
    await expect(second).rejects.toThrow(ConditionFailed);
    await expect(second).rejects.toMatchObject({ failed: { pk: key.pk, sk: key.sk } });
    expect(await store().get('orders', key)).toMatchObject({ version: 1, value: 'first' });
  });

  it('writes at exactly the version that was read', async () => {
    const key = freshKey();
    await expect(store().write(put(key, 'too early', at(1)))).rejects.toThrow(ConditionFailed);
    await store().write(put(key, 'a', NONE));
    await store().write(put(key, 'b', at(1)));
    await expect(store().write(put(key, 'late', at(1)))).rejects.toThrow(ConditionFailed);
    expect(await store().get('orders', key)).toMatchObject({ version: 2, value: 'b' });
  });

  it('deletes under a condition, and deleting nothing is no fault', async () => {
    const key = freshKey();
    await store().write(remove(key, NONE));
    await store().write(put(key, 'a', NONE));
    await expect(store().write(remove(key, at(2)))).rejects.toThrow(ConditionFailed);
    await store().write(remove(key, at(1)));
    expect(await store().get('orders', key)).toBeNull();
    await expect(store().write(remove(key, at(1)))).rejects.toThrow(ConditionFailed);
  });

  it('starts again at version 1 after a delete', async () => {
    const key = freshKey();
    await store().write(put(key, 'a', NONE));
    await store().write(put(key, 'b', NONE));
    await store().write(remove(key, NONE));
    await store().write(put(key, 'c', ABSENT));
    expect(await store().get('orders', key)).toMatchObject({ version: 1, value: 'c' });
  });
}

function describeTransactions(store: () => StateStore): void {
  it('commits writes to several tables at once', async () => {
    const [order, book] = [freshKey(), freshKey()];
    await store().transact([put(order, 'order', ABSENT), put(book, 'book', ABSENT, { table: 'portfolio' })]);
    expect(await store().get('orders', order)).toMatchObject({ version: 1, value: 'order' });
    expect(await store().get('portfolio', book)).toMatchObject({ version: 1, value: 'book' });
  });

  it('writes nothing when one condition does not hold, and names the item that failed', async () => {
    const [first, second, third] = [freshKey(), freshKey(), freshKey()];
    await store().write(put(second, 'taken', NONE));
    await store().write(put(third, 'stays', NONE));
    const transaction = store().transact([put(first, 'new', ABSENT), put(second, 'new', ABSENT), remove(third, NONE)]);
    await expect(transaction).rejects.toThrow(ConditionFailed);
    await expect(transaction).rejects.toMatchObject({ failed: { pk: second.pk, sk: second.sk } });
    expect(await store().get('orders', first)).toBeNull();
    expect(await store().get('orders', second)).toMatchObject({ version: 1, value: 'taken' });
    expect(await store().get('orders', third)).toMatchObject({ value: 'stays' });
  });

  it('takes a check as a condition that writes nothing', async () => {
    const [guard, item] = [freshKey(), freshKey()];
    const check = (condition: Exclude<Condition, { kind: 'none' }>) => ({
      kind: 'check' as const,
      table: 'orders' as const,
      ...guard,
      condition,
    });
    await store().transact([check({ kind: 'absent' }), put(item, 1, NONE)]);
    await store().write(put(guard, 'here', NONE));
    await store().transact([check({ kind: 'version', version: 1 }), put(item, 2, NONE)]);
    await expect(store().transact([check({ kind: 'absent' }), put(item, 3, NONE)])).rejects.toThrow(ConditionFailed);
    const stale = store().transact([check({ kind: 'version', version: 2 }), put(item, 4, NONE)]);
    await expect(stale).rejects.toMatchObject({ name: 'ConditionFailed', failed: { pk: guard.pk, sk: guard.sk } });
    expect(await store().get('orders', item)).toMatchObject({ version: 2, value: 2 });
    expect(await store().get('orders', guard)).toMatchObject({ version: 1, value: 'here' });
  });
}

function describeRaces(store: () => StateStore): void {
  it('lets exactly one of many writers win a version', async () => {
    const key = freshKey();
    await store().write(put(key, 'start', NONE));
    const writers = Array.from({ length: 10 }, (_, n) => store().write(put(key, n, at(1))));
    const results = await Promise.allSettled(writers);
    const winner = results.findIndex((result) => result.status === 'fulfilled');
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConditionFailed);
    }
    expect(await store().get('orders', key)).toMatchObject({ version: 2, value: winner });
  });

  it('loses no increment when writers read, write at the version and try again', async () => {
    const key = freshKey();
    await store().write(put(key, 0, NONE));
    const increment = async (): Promise<void> => {
      for (;;) {
        const item = (await store().get<number>('orders', key))!;
        try {
          await store().transact([put(key, item.value + 1, at(item.version)), put(freshKey(), 'beside', ABSENT)]);
          return;
        } catch (error) {
          if (!(error instanceof ConditionFailed)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await store().get('orders', key)).toMatchObject({ version: 9, value: 8 });
  });
}

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

function describeQueries(store: () => StateStore): void {
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
      const items = await everyPage((after) => store().query('orders', pk, 'FILL#', { limit: 2, after, descending }));
      expect(items.map((item) => item.sk)).toEqual(descending ? [...fills].reverse() : fills);
    }
  });

  it('finds nothing in an unknown partition', async () => {
    expect(await store().query('orders', `TEST#${randomUUID()}`, '', { limit: 10 })).toEqual({ items: [], next: null });
  });
}

function describeIndexQueries(store: () => StateStore): void {
  const partition = `TEST#${randomUUID()}`;
  const rows = [
    { pk: `TEST#${randomUUID()}`, sort: '003' },
    { pk: `TEST#${randomUUID()}`, sort: '001' },
    { pk: `TEST#${randomUUID()}`, sort: '002' },
    { pk: `TEST#${randomUUID()}`, sort: '002' },
    { pk: `TEST#${randomUUID()}`, sort: '0025' },
  ];
  const sorts = rows.map((row) => row.sort).sort();
  const indexed = (pk: string, index?: IndexKey) => put({ pk, sk: 'ITEM' }, pk, NONE, index === undefined ? {} : { index });

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
    const newest = await store().queryIndex('orders', partition, { limit: 2, sortUpTo: '0025', descending: true });
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

function describeLimits(store: () => StateStore): void {
  it('takes an item near 400 KB and refuses a larger one', async () => {
    const key = freshKey();
    const near = 'x'.repeat(MAX_ITEM_BYTES - 1024);
    await store().write(put(key, near, NONE));
    expect(await store().get('orders', key)).toMatchObject({ value: near });
    const tooLarge = put(key, 'ü'.repeat(MAX_ITEM_BYTES / 2 + 1), NONE);
    await expect(store().write(tooLarge)).rejects.toThrow(LimitExceeded);
    await expect(store().transact([put(freshKey(), 1, NONE), tooLarge])).rejects.toThrow(LimitExceeded);
    expect(await store().get('orders', key)).toMatchObject({ version: 1 });
  });

  it(`takes ${MAX_TRANSACTION_WRITES} writes in a transaction and refuses one more, and none`, async () => {
    const keys = Array.from({ length: MAX_TRANSACTION_WRITES + 1 }, freshKey);
    const writes = keys.map((key) => put(key, 1, ABSENT));
    await expect(store().transact(writes)).rejects.toThrow(LimitExceeded);
    expect(await store().get('orders', keys[0]!)).toBeNull();
    await store().transact(writes.slice(1));
    expect(await store().get('orders', keys.at(-1)!)).toMatchObject({ version: 1 });
    await expect(store().transact([])).rejects.toThrow(LimitExceeded);
  });

  it('refuses two writes to one item in a transaction', async () => {
    const key = freshKey();
    await expect(store().transact([put(key, 1, NONE), put(key, 2, NONE)])).rejects.toThrow(LimitExceeded);
    expect(await store().get('orders', key)).toBeNull();
  });

  it('refuses a page of more than 1000 items, and of none', async () => {
    for (const limit of [0, 1001]) {
      await expect(store().query('orders', 'TEST#', '', { limit })).rejects.toThrow(LimitExceeded);
      await expect(store().queryIndex('orders', 'TEST#', { limit })).rejects.toThrow(LimitExceeded);
    }
  });

  it('refuses keys that are empty or too long', async () => {
    await expect(store().write(put({ pk: '', sk: 'ITEM' }, 1, NONE))).rejects.toThrow(LimitExceeded);
    await expect(store().write(put({ pk: 'x'.repeat(2049), sk: 'ITEM' }, 1, NONE))).rejects.toThrow(LimitExceeded);
    await expect(store().write(put({ pk: 'TEST#', sk: 'x'.repeat(1025) }, 1, NONE))).rejects.toThrow(LimitExceeded);
  });
}
