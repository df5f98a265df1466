import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const script = new URL('install.js', import.meta.url).pathname;

/** Packages as lock files list them: one that is needed, one of another platform. */
const LOCKED = {
  '': { version: '0.1.0' },
  'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
  'node_modules/win-only': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const INSTALLED = { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' } };
const UP_TO_DATE = { status: 0, stderr: '', npmRuns: 0 };

/** Each test starts processes, which take their time on a busy machine. */
jest.setTimeout(30_000);

describe('the installation', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-install-'));
    for (const folder of ['scripts', 'tools']) mkdirSync(join(root, folder));
    cpSync(script, join(root, 'scripts', 'install.js'));
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    lock(LOCKED);
    npm('exit 0');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const lock = (packages: object): void =>
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  const putModules = (installed: object | null): void => {
    mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
    writeFileSync(join(root, 'node_modules', '.bin', 'node'), '#!/bin/sh\n', { mode: 0o755 });
    if (installed === null) return;
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  };
  /** An npm that notes its runs, and then does as told. */
  const npm = (body: string): void => {
    const file = join(root, 'tools', 'npm');
    writeFileSync(file, `#!/bin/sh\necho "$@" >> "${root}/npm-runs"\n${body}\n`);
    chmodSync(file, 0o755);
  };
  const npmThatInstalls = (): void => {
    npm(
      `mkdir -p node_modules/.bin && touch node_modules/.bin/node && echo '${JSON.stringify({ packages: INSTALLED })}' > node_modules/.package-lock.json`,
    );
  };
  const run = () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'install.js')], {
      encoding: 'utf8',
      env: { PATH: [join(root, 'node_modules', '.bin'), join(root, 'tools'), '/usr/bin', '/bin'].join(':') },
    });
    const runs = join(root, 'npm-runs');
    return {
      status,
      stderr,
      npmRuns: existsSync(runs) ? readFileSync(runs, 'utf8').trim().split('\n').length : 0,
    };
  };

  it('runs npm ci in a fresh clone, says so in one line, and then has nothing to do', () => {
    npmThatInstalls();
    expect(run()).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^millrace: node_modules is missing; running `npm ci` .*\n$/),
      npmRuns: 1,
    });
    expect(run()).toEqual({ ...UP_TO_DATE, npmRuns: 1 });
    expect(readFileSync(join(root, 'npm-runs'), 'utf8')).toMatch(/^ci /);
  });

  it('leaves alone what somebody installed with npm by hand', () => {
    putModules(INSTALLED);
    expect(run()).toEqual(UP_TO_DATE);
  });

  it.each([
    [
      'a package has another version',
      { 'node_modules/zod': { version: '4.6.6', integrity: 'sha512-a' } },
      'zod is not as',
    ],
    [
      'a package has other contents',
      { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-x' } },
      'zod is not as',
    ],
    ['a package is missing', {}, 'zod is not as'],
    ['npm was stopped half way', null, 'was not finished'],
  ])('is repaired when %s', (_, installed, because) => {
    putModules(installed);
    npmThatInstalls();
    expect(run()).toEqual({ status: 0, stderr: expect.stringContaining(because), npmRuns: 1 });
  });

  it('is repaired when Node 24 is missing from it', () => {
    putModules(INSTALLED);
    rmSync(join(root, 'node_modules', '.bin', 'node'));
    npmThatInstalls();
    expect(run()).toMatchObject({ status: 0, npmRuns: 1 });
  });

  it('is looked at again when the lock file changes', () => {
    putModules(INSTALLED);
    expect(run()).toEqual(UP_TO_DATE);
    lock({ ...LOCKED, 'node_modules/ws': { version: '8.23.0', integrity: 'sha512-c' } });
    expect(run()).toMatchObject({ stderr: expect.stringContaining('ws is not as'), npmRuns: 1 });
  });

  it('does not run npm on the Node that it is about to replace', () => {
    putModules({});
    npm('command -v node >&2');
    expect(run().stderr).not.toContain(join(root, 'node_modules'));
  });

  it('passes on what npm says when it fails', () => {
    npm('echo "npm error no network" >&2; exit 3');
    expect(run()).toMatchObject({ status: 3, stderr: expect.stringContaining('npm error no network') });
  });

  it('says so when npm succeeds and something is missing still', () => {
    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('after npm ci, node_modules is missing'),
    });
  });
});
