import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConditionFailed, type Condition, type Write } from '../../ports/state-store.ts';
import { openDatabase } from './database.ts';
import { SqliteStateStore } from './sqlite-state-store.ts';
import { STATE_SCHEMA } from './state-database.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { recordsAsGiven } from '../../../test/support/records-as-given.ts';

const inMemory = () => new SqliteStateStore(openDatabase(':memory:', STATE_SCHEMA), recordsAsGiven);
const put = (sk: string, value: unknown, extras: object = {}) =>
  ({ kind: 'put', table: 'orders', pk: 'ORDER', sk, value, condition: { kind: 'none' }, ...extras }) as const;

describe('SqliteStateStore', () => {
  it('knows its items and their versions after it was closed and opened again', async () => {
    const path = join(temporaryFolder(), 'state.db');
    const before = openDatabase(path, STATE_SCHEMA);
    await new SqliteStateStore(before, recordsAsGiven).write(put('1', 'a'));
    await new SqliteStateStore(before, recordsAsGiven).write(
      put('1', 'b', { index: { partition: 'P', sort: 's' } }),
    );
    before.close();
    const after = openDatabase(path, STATE_SCHEMA);
    const store = new SqliteStateStore(after, recordsAsGiven);
    const item = { pk: 'ORDER', sk: '1', version: 2, value: 'b', index: { partition: 'P', sort: 's' } };
    expect(await store.get('orders', item)).toEqual(item);
    expect(await store.queryIndex('orders', 'P', { limit: 1 })).toEqual({ items: [item], next: null });
    after.close();
  });

  it('sweeps what has expired, a bounded number a call, and nothing else', async () => {
    const store = inMemory();
    for (let i = 0; i < 1005; i++) await store.write(put(`old ${i}`, i, { expiresAtMs: 1000 + (i % 2) }));
    await store.write(put('later', 1, { expiresAtMs: 1002 }));
    await store.write(put('for good', 1));
    expect(store.removeExpired(999)).toBe(0);
    expect(store.removeExpired(1001)).toBe(1000);
    expect(store.removeExpired(1001)).toBe(5);
    expect(store.removeExpired(1001)).toBe(0);
    const { items } = await store.query('orders', 'ORDER', '', { limit: 10 });
    expect(items.map((item) => item.sk)).toEqual(['for good', 'later']);
  });

  it('knows that a page which ends with the last item is the last', async () => {
    const store = inMemory();
    for (const sk of ['1', '2']) await store.write(put(sk, sk, { index: { partition: 'P', sort: sk } }));
    for (const [limit, isLast] of [
      [1, false],
      [2, true],
    ] as const) {
      expect((await store.query('orders', 'ORDER', '', { limit })).next === null).toBe(isLast);
      expect((await store.queryIndex('orders', 'P', { limit })).next === null).toBe(isLast);
    }
  });

  it('refuses a value that JSON cannot hold', async () => {
    await expect(inMemory().write(put('1', undefined))).rejects.toThrow('the value of ORDER / 1 is not JSON');
  });

  it('behaves like a map of versioned items, whatever is written in whatever transactions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyWrite, { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
        agreesWithModel,
      ),
    );
  });
});

const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant<Condition>({ kind: 'none' }),
  fc.constant<Condition>({ kind: 'absent' }),
  fc.integer({ min: 1, max: 3 }).map((version): Condition => ({ kind: 'version', version })),
);
const anyWrite: fc.Arbitrary<Write> = fc
  .record({
    kind: fc.constantFrom('put', 'put', 'delete', 'check'),
    sk: fc.constantFrom('a', 'b', 'c', 'd'),
    condition: anyCondition,
    value: fc.jsonValue(),
  })
  .filter(({ kind, condition }) => kind !== 'check' || condition.kind !== 'none')
  .map((write) => ({ table: 'orders', pk: 'MODEL', ...write }) as Write);

interface ModelItem {
  readonly version: number;
  readonly value: unknown;
}

async function agreesWithModel(transactions: readonly (readonly Write[])[]): Promise<void> {
  const store = inMemory();
  let model = new Map<string, ModelItem>();
  for (const writes of transactions) {
    if (new Set(writes.map((write) => write.sk)).size < writes.length) continue;
    const next = applyToModel(model, writes);
    const outcome = await store.transact(writes).catch((error: unknown) => error);
    if (next === null) expect(outcome).toBeInstanceOf(ConditionFailed);
    else expect(outcome).toBeUndefined();
    model = next ?? model;
  }
  const { items } = await store.query('orders', 'MODEL', '', { limit: 100 });
  const expected = [...model]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sk, item]) => ({ pk: 'MODEL', sk, ...item }));
  expect(JSON.stringify(items)).toBe(JSON.stringify(expected));
}

/** @returns null when a condition does not hold. */
function applyToModel(
  model: ReadonlyMap<string, ModelItem>,
  writes: readonly Write[],
): Map<string, ModelItem> | null {
  const next = new Map(model);
  for (const write of writes) {
    const version = model.get(write.sk)?.version;
    if (write.condition.kind === 'absent' && version !== undefined) return null;
    if (write.condition.kind === 'version' && version !== write.condition.version) return null;
    if (write.kind === 'put') next.set(write.sk, { version: (version ?? 0) + 1, value: write.value });
    if (write.kind === 'delete') next.delete(write.sk);
  }
  return next;
}
