import { describe, expect, it } from '@jest/globals';
import {
  checkBrowser,
  checkClickHouse,
  checkDocker,
  checkNode,
  checkPackages,
  checkPython,
  type Ask,
} from './tool-checks.ts';

const answers =
  (table: { readonly [program: string]: string }): Ask =>
  (program) =>
    Promise.resolve(table[program] ?? null);

describe('the doctor', () => {
  it('needs Node 24', () => {
    expect(checkNode('v24.21.0', '/node')).toMatchObject({ status: 'ok' });
    expect(checkNode('v20.20.2', '/node')).toMatchObject({
      status: 'missing',
      remedy: expect.stringContaining('npm ci'),
    });
  });

  it('needs the packages that the lock file names', async () => {
    expect(await checkPackages(answers({ [process.execPath]: 'current' }))).toMatchObject({ status: 'ok' });
    expect(
      await checkPackages(answers({ [process.execPath]: 'zod is not as package-lock.json has it' })),
    ).toEqual({
      name: 'packages',
      status: 'missing',
      found: 'zod is not as package-lock.json has it',
      remedy: 'npm ci',
    });
  });

  it('needs ClickHouse to start, and says why it does not', async () => {
    const stopped: boolean[] = [];
    const server = {
      address: { url: 'http://127.0.0.1:1', username: 'millrace', secret: '' },
      url: 'http://127.0.0.1:1',
      pid: 1,
      stop: () => Promise.resolve(void stopped.push(true)),
      onExit: () => undefined,
    };
    expect(await checkClickHouse(() => Promise.resolve(server))).toMatchObject({ status: 'ok' });
    expect(stopped).toEqual([true]);
    expect(
      await checkClickHouse(() => Promise.reject(new Error('ClickHouse: libchdb.so is missing'))),
    ).toMatchObject({
      status: 'missing',
      found: 'ClickHouse: libchdb.so is missing',
      remedy: expect.stringContaining('npm ci'),
    });
  });

  it('can do without Python, but not with one that is too old', async () => {
    expect(await checkPython(answers({ python3: '3.10.0' }))).toEqual({
      name: 'python',
      status: 'ok',
      found: '3.10.0',
      remedy: null,
    });
    expect(await checkPython(answers({ python3: '3.9.18' }))).toMatchObject({
      status: 'optional',
      found: '3.9.18',
    });
    expect(await checkPython(answers({}))).toMatchObject({
      status: 'optional',
      remedy: expect.stringContaining('python3-venv'),
    });
  });

  it('can do without Docker, also when only its client is there', async () => {
    expect(await checkDocker(answers({ docker: '28.2.2' }))).toMatchObject({
      status: 'ok',
      found: 'server 28.2.2',
    });
    expect(await checkDocker(answers({ docker: '' }))).toMatchObject({ status: 'optional' });
    expect(await checkDocker(answers({}))).toMatchObject({ status: 'optional' });
  });

  it('takes any Chromium', async () => {
    expect(await checkBrowser(answers({ 'google-chrome': 'Google Chrome 140' }))).toMatchObject({
      status: 'ok',
      found: 'Google Chrome 140',
    });
    expect(await checkBrowser(answers({}))).toMatchObject({ status: 'optional' });
  });
});
