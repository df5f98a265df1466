import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPython } from './python-environment.ts';
import { OneLineFailure } from './one-line-failure.ts';

describe('findPython', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-python-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A command that claims to be this version. */
  function python(version: string): string {
    const path = join(folder, `python-${version}`);
    writeFileSync(path, `#!/bin/sh\necho ${version.replace('.', ' ')}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('takes the first that is new enough', () => {
    expect(findPython(['/no/such/python', python('3.9'), python('3.10'), python('3.14')])).toBe(
      join(folder, 'python-3.10'),
    );
  });

  it('says in one line what is needed when there is none', () => {
    const looking = () => findPython(['/no/such/python', python('2.7'), python('3.9')]);
    expect(looking).toThrow(OneLineFailure);
    expect(looking).toThrow(
      'the emulator needs Python 3.10 or newer with venv: expected python3 on the PATH',
    );
  });
});
