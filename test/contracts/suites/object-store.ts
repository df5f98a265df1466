/** What every ObjectStore promises. Keys start with a fresh prefix each run, so it may run over a bucket that others use. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';

export interface ObjectStoreUnderTest {
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

export function describeObjectStore(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`${name} keeps the promises of an ObjectStore`, () => {
    let underTest: ObjectStoreUnderTest;
    let objects: ObjectStore;
    beforeAll(async () => {
      underTest = await open();
      objects = underTest.objects;
    });
    afterAll(async () => underTest.close());

    const putText = (key: string, text: string) => objects.put(key, Buffer.from(text), 'text/plain');
    const textOf = async (key: string): Promise<string | null> => {
      const body = await objects.get(key);
      return body === null ? null : Buffer.from(body).toString();
    };

    it('finds no object where none was put, nor where only deeper keys exist', async () => {
      const prefix = freshPrefix();
      expect(await objects.get(`${prefix}none`)).toBeNull();
      await putText(`${prefix}folder/object`, 'x');
      expect(await objects.get(`${prefix}folder`)).toBeNull();
      expect(await objects.get(`${prefix}folder/object/deeper`)).toBeNull();
    });

    it('gives back the very bytes, an empty body too', async () => {
      const prefix = freshPrefix();
      const body = randomBytes(300_000);
      await objects.put(`${prefix}bytes.bin`, body, 'application/octet-stream');
      await objects.put(`${prefix}empty`, Buffer.alloc(0), 'text/plain');
      expect(Buffer.from((await objects.get(`${prefix}bytes.bin`))!).equals(body)).toBe(true);
      expect(await textOf(`${prefix}empty`)).toBe('');
    });

    it('replaces an object of the same key', async () => {
      const key = `${freshPrefix()}replaced`;
      await putText(key, 'a long first version');
      await putText(key, 'second');
      expect(await textOf(key)).toBe('second');
    });

    it('keeps one of several bodies put at once, whole', async () => {
      const key = `${freshPrefix()}raced`;
      const bodies = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
      await Promise.all(bodies.map((body) => putText(key, body)));
      expect(bodies).toContain(await textOf(key));
    });

    it('puts a new object once, whoever comes second', async () => {
      const key = `${freshPrefix()}new`;
      const putNew = async (text: string) => objects.putNew(key, Buffer.from(text), 'text/plain');
      expect(await putNew('first')).toBe(true);
      expect(await putNew('a second body')).toBe(false);
      expect(await textOf(key)).toBe('first');
    });

    it('puts one of several new objects of a key at once, and says which', async () => {
      const key = `${freshPrefix()}raced-new`;
      const bodies = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
      const taken = await Promise.all(
        bodies.map(async (body) => objects.putNew(key, Buffer.from(body), 'text/plain')),
      );
      expect(taken.filter((isTaken) => isTaken)).toHaveLength(1);
      expect(await textOf(key)).toBe(bodies[taken.indexOf(true)]);
      expect(await objects.list(key, { limit: 10 })).toEqual([key]);
    });

    it('lists the keys of a prefix in byte order', async () => {
      const prefix = freshPrefix();
      const names = [
        'a!b',
        'a-b',
        'a.b',
        'a/b',
        'a/b/c-d/e',
        'a/c',
        'a0',
        'aC',
        'ab',
        'b/a',
        'é',
        '～',
        '🚀',
      ];
      for (const name of [...names].reverse()) {
        if (name !== 'a/b') await putText(prefix + name, name);
      }
      const expected = names.filter((name) => name !== 'a/b').map((name) => prefix + name);
      expect(await objects.list(prefix, { limit: 1000 })).toEqual(expected);
      expect(await objects.list(`${prefix}a`, { limit: 1000 })).toEqual(expected.slice(0, 8));
      expect(await objects.list(`${prefix}a/`, { limit: 1000 })).toEqual([
        `${prefix}a/b/c-d/e`,
        `${prefix}a/c`,
      ]);
      expect(await objects.list(`${prefix}nothing`, { limit: 1000 })).toEqual([]);
    });

    it('lists in pages, from after a key, whether that key exists or not', async () => {
      const prefix = freshPrefix();
      const keys = Array.from({ length: 7 }, (_, n) => `${prefix}run-${n % 2}/${n}`).sort();
      for (const key of keys) await putText(key, key);
      const listed: string[] = [];
      for (let after: string | undefined; ; after = listed.at(-1)) {
        const page = await objects.list(prefix, { limit: 2, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        listed.push(...page);
      }
      expect(listed).toEqual(keys);
      expect(await objects.list(prefix, { limit: 100, after: `${prefix}run-0/5` })).toEqual(keys.slice(3));
    });

    it('refuses a page of more than 1000 keys, and of none', async () => {
      await expect(objects.list('', { limit: 1001 })).rejects.toThrow(LimitExceeded);
      await expect(objects.list('', { limit: 0 })).rejects.toThrow(LimitExceeded);
    });
  });
}

function freshPrefix(): string {
  return `contract/${randomUUID()}/`;
}
