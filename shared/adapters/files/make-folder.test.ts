import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeFolder } from './make-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'millrace-folders-'));
afterAll(() => rmSync(place, { recursive: true }));

describe('making a folder', () => {
  it('makes those above it too, and may be repeated', () => {
    const path = join(place, 'a', 'b', 'c');
    makeFolder(path, 0o700);
    makeFolder(path, 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('fails where a file is in the way', () => {
    const file = join(place, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow(/EEXIST/);
    expect(() => makeFolder(join(file, 'below'))).toThrow(/EEXIST.*file'/);
  });

  const itOnLinux = existsSync('/proc/self') ? it : it.skip;
  itOnLinux('ends where nothing can be made', () => {
    expect(() => makeFolder('/proc/millrace/data')).toThrow(/ENOENT/);
  });
});
