/** Everything that is stored, in every form that a release may meet: samples that stay as they were written. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { objectKinds } from '../../shared/contracts/stored-objects.ts';
import { recordKinds } from '../../shared/contracts/stored-records.ts';
import type { Versioned } from '../../shared/contracts/versioned.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteStateStore } from '../../shared/adapters/embedded/sqlite-state-store.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import { UnknownVersion } from '../../shared/contracts/versioned.ts';
import type { ItemKey } from '../../shared/ports/state-store.ts';
import { topology, type TableName } from '../../shared/topology.ts';
import { recordsAsGiven } from '../support/records-as-given.ts';

interface Sample {
  readonly kind: string;
  /** Of an item; an object has its key as text. */
  readonly key: ItemKey | string;
  /** As the functions know it. */
  readonly record: unknown;
  /** As each version lies in its table, by version: the first is from before versions were written. */
  readonly stored: readonly unknown[];
}

const FOLDER = new URL('stored/', import.meta.url);
const samples = new Map(
  readdirSync(FOLDER)
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Sample)
    .map((sample) => [sample.kind, sample]),
);
const kinds: ReadonlyMap<string, Versioned> = new Map([...recordKinds, ...Object.entries(objectKinds)]);

describe.each([...kinds])('%s', (name, kind) => {
  const { writes, reads, announces } = kind.versions;
  const sample = samples.get(name);

  it('has a sample of every version that it reads', () => {
    expect(Object.keys(sample?.stored ?? [])).toEqual(Object.keys(reads));
  });

  it('reads the version that it writes, the one before, and the one that comes next', () => {
    for (const version of [writes, writes - 1, announces ?? writes])
      expect(reads).toHaveProperty([String(version)]);
  });

  it('makes the same record of every version', () => {
    for (const stored of sample!.stored) expect(kind.record(stored, 'here')).toEqual(sample!.record);
  });

  it('writes what the sample has', () => {
    expect(JSON.parse(JSON.stringify(kind.stored(sample!.record)))).toEqual(sample!.stored[writes]);
  });

  it.each([writes + 2, -1, '1', null])('refuses version %j', (v) => {
    expect(() => kind.record({ ...(sample!.record as object), v }, 'here')).toThrow(UnknownVersion);
  });
});

it('has no sample of what is no longer stored', () => {
  expect([...samples.keys()].sort()).toEqual([...kinds.keys()].sort());
});

it('knows every key of the map', () => {
  const part = (key: string): string => key.trim().split('#')[0]!;
  const listed = Object.entries(topology.tables).flatMap(([table, { keys }]) =>
    keys.map((line) => {
      const [pk, sk] = line.split(':')[0]!.split(' / ');
      return { table, pk: part(pk!), sk: part(sk!) };
    }),
  );
  for (const { table, pk, sk } of listed) {
    if (sk.startsWith('<')) continue;
    expect([...recordKinds.keys()]).toContain(`${table} ${pk} ${sk}`);
  }
});

describe('a folder that was written before records had versions', () => {
  it('is read, and what is written again has a version', async () => {
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const before = new SqliteStateStore(database, recordsAsGiven);
    const now = new SqliteStateStore(database);
    for (const { kind, key, record, stored } of samples.values()) {
      if (typeof key === 'string') continue;
      const place = { table: kind.split(' ')[0] as TableName, ...key };
      await before.write({ kind: 'put', ...place, value: stored[0], condition: { kind: 'none' } });
      const item = await now.get(place.table, key);
      expect(item?.value).toEqual(record);
      const condition = { kind: 'version', version: item!.version } as const;
      await now.write({ kind: 'put', ...place, value: item!.value, condition });
      expect((await before.get(place.table, key))?.value).toMatchObject({
        v: recordKinds.get(kind)!.versions.writes,
      });
      expect((await now.get(place.table, key))?.value).toEqual(record);
    }
  });
});

describe('a store', () => {
  const place = { table: 'orders', pk: 'ACCOUNT#paper', sk: 'LIMITS' } as const;

  it('says which record it cannot read, and which versions it can', async () => {
    const database = openDatabase(':memory:', STATE_SCHEMA);
    const later = new SqliteStateStore(database, recordsAsGiven);
    await later.write({ kind: 'put', ...place, value: { v: 7 }, condition: { kind: 'none' } });
    await expect(new SqliteStateStore(database).get('orders', place)).rejects.toThrow(
      'orders ACCOUNT#paper / LIMITS: version 7, this release reads 0, 1; run the release that wrote it',
    );
  });

  it('takes no record of a kind that nobody listed', async () => {
    const store = new SqliteStateStore(openDatabase(':memory:', STATE_SCHEMA));
    const write = { kind: 'put', ...place, sk: 'WISHES', value: {}, condition: { kind: 'none' } } as const;
    await expect(store.write(write)).rejects.toThrow('no record of the kind “orders ACCOUNT WISHES”');
  });
});
