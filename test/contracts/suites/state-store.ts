/** What every StateStore promises. Uses fresh keys each run, so it may run over a table that others use. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConditionFailed,
  LimitExceeded,
  MAX_ITEM_BYTES,
  MAX_TRANSACTION_WRITES,
  type Condition,
  type StateStore,
} from '../../../shared/ports/state-store.ts';
import { describeIndexQueries, describeQueries } from './state-store-queries.ts';
import { ABSENT, at, freshKey, NONE, put, remove } from './state-writes.ts';

export interface StateStoreUnderTest {
  readonly store: StateStore;
  close(): Promise<void>;
}

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

function describeSingleWrites(store: () => StateStore): void {
  it('finds nothing where nothing was written', async () => {
    expect(await store().get('orders', freshKey())).toBeNull();
  });

  it('gives back what was written, with version 1, and one more with each write', async () => {
    const key = freshKey();
    const value = {
      text: 'Zürich 🚀 "quoted"',
      numbers: [0, -1.5, 1e21, 9007199254740991],
      nested: { none: null, yes: true },
    };
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
    const transaction = store().transact([
      put(first, 'new', ABSENT),
      put(second, 'new', ABSENT),
      remove(third, NONE),
    ]);
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
    await expect(store().transact([check({ kind: 'absent' }), put(item, 3, NONE)])).rejects.toThrow(
      ConditionFailed,
    );
    const stale = store().transact([check({ kind: 'version', version: 2 }), put(item, 4, NONE)]);
    await expect(stale).rejects.toMatchObject({
      name: 'ConditionFailed',
      failed: { pk: guard.pk, sk: guard.sk },
    });
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
          await store().transact([
            put(key, item.value + 1, at(item.version)),
            put(freshKey(), 'beside', ABSENT),
          ]);
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
    await expect(store().write(put({ pk: 'x'.repeat(2049), sk: 'ITEM' }, 1, NONE))).rejects.toThrow(
      LimitExceeded,
    );
    await expect(store().write(put({ pk: 'TEST#', sk: 'x'.repeat(1025) }, 1, NONE))).rejects.toThrow(
      LimitExceeded,
    );
  });
}
