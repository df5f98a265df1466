import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const launcherFile = new URL('millrace.js', import.meta.url).pathname;

/** This Node without type stripping takes the way of a Node before 24. */
const OLD_NODE = ['--no-experimental-strip-types'];

/** Each test starts processes, which take their time on a busy machine. */
jest.setTimeout(30_000);

describe('the launcher', () => {
  let root: string;
  let launcher: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-launcher-'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    launcher = join(root, 'bin', 'millrace.js');
    cpSync(launcherFile, launcher);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const install = (commandLine: string): void => {
    mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(process.execPath, join(root, 'node_modules', '.bin', 'node'));
    writeFileSync(join(root, 'bin', 'millrace.ts'), commandLine);
  };
  const run = (nodeArguments: string[], ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArguments, launcher, ...words], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  it('says what to run when nothing is installed', () => {
    expect(run([])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'millrace: node_modules is missing; run `npm install` first, or `npm start`\n',
    });
  });

  it('says what to run when only Node 24 is missing', () => {
    mkdirSync(join(root, 'node_modules'));
    expect(run(OLD_NODE)).toMatchObject({ status: 2, stderr: expect.stringContaining('run `npm ci`\n') });
  });

  it.each([
    ['in this process on Node 24', []],
    ['on the installed Node 24 otherwise', OLD_NODE],
  ])('runs the command line %s, with its words and its exit code', (_, nodeArguments) => {
    install(
      'const words: string[] = process.argv.slice(2); console.log(words.join("+")); process.exitCode = 7;',
    );
    expect(run(nodeArguments, 'a', '--b')).toEqual({ status: 7, stdout: 'a+--b\n', stderr: '' });
  });

  it('passes signals on to the installed Node 24 and waits for it', async () => {
    install(
      'process.on("SIGTERM", () => { console.log("stopping"); process.exit(3); }); setTimeout(() => process.exit(9), 15_000); console.log("ready");',
    );
    const child = spawn(process.execPath, [...OLD_NODE, launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
      if (chunk.includes('ready')) child.kill('SIGTERM');
    });
    const code = await new Promise((settle) => child.on('close', settle));
    expect({ code, out }).toEqual({ code: 3, out: 'ready\nstopping\n' });
  });

  it('reports a child that a signal ended as shells do', () => {
    install('process.kill(process.pid, "SIGKILL"); await new Promise(() => {});');
    expect(run(OLD_NODE)).toMatchObject({ status: 137 });
  });
});
