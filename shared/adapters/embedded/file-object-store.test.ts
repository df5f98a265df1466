import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FileObjectStore } from './file-object-store.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

describe('FileObjectStore', () => {
  const folder = temporaryFolder();

  it('keeps an object as a file of that name, which can be opened where it lies', async () => {
    await new FileObjectStore(folder).put('raw/binance#0/1.ndjson.gz', Buffer.from('x'), 'application/gzip');
    expect(readFileSync(join(folder, 'raw/binance#0/1.ndjson.gz'), 'utf8')).toBe('x');
  });

  it('has its objects after it was opened again, and nothing of what was half written', async () => {
    await new FileObjectStore(folder).put('kept/a', Buffer.from('a'), 'text/plain');
    writeFileSync(join(folder, '.partial', 'half-written'), 'ha');
    const store = new FileObjectStore(folder);
    expect(await store.list('kept/', { limit: 10 })).toEqual(['kept/a']);
    expect(await store.list('', { limit: 1000 })).not.toContain('.partial/half-written');
    expect(readdirSync(join(folder, '.partial'))).toEqual([]);
  });

  it('leaves nothing behind when an object cannot be put', async () => {
    const store = new FileObjectStore(folder);
    mkdirSync(join(folder, 'taken/by-a-folder'), { recursive: true });
    await expect(store.put('taken/by-a-folder', Buffer.from('x'), 'text/plain')).rejects.toThrow();
    expect(readdirSync(join(folder, '.partial'))).toEqual([]);
  });

  it.each([
    '',
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a//b',
    'a/',
    '.',
    './a',
    '.partial/x',
    'a\\b',
    'a\0b',
    'x'.repeat(256),
  ])('refuses the key %j', async (key) => {
    const store = new FileObjectStore(join(folder, 'inside'));
    await expect(store.put(key, Buffer.from('x'), 'text/plain')).rejects.toThrow(/^object key: expected/);
    await expect(store.get(key)).rejects.toThrow(RangeError);
    expect(existsSync(join(folder, 'outside'))).toBe(false);
  });

  it('refuses to list outside its root', async () => {
    await expect(new FileObjectStore(folder).list('../', { limit: 1 })).rejects.toThrow(RangeError);
  });
});
