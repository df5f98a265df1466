import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DataFolderBusy, openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { syntheticLines, writeCapture } from './write-capture.ts';

const entry = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-process-'));
const at = (name: string): string => join(folder, name);
const capture = at('capture.ndjson.gz');
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, args: readonly string[], options: Parameters<typeof spawn>[2] = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  return { child, said, ended: once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(50);
}

function isBusy(dataDir: string): boolean {
  try {
    openDataFolder(dataDir, { mustExist: true }).close();
    return false;
  } catch (error) {
    if (error instanceof DataFolderBusy) return true;
    throw error;
  }
}

describe('Ctrl-C', () => {
  function startReplay(dataDir: string): ReturnType<typeof run> {
    writeCapture(capture, syntheticLines({ seed: 1, instruments: 3, tradesPerSecond: 200 }, 60));
    const args = [entry, 'start', '--replay', capture, '--speed', '5', '--once', '--data-dir', dataDir];
    return run(process.execPath, args, { detached: true });
  }

  it('reaches a whole process group, and a replay stops cleanly all the same', async () => {
    const { child, said, ended } = startReplay(at('interrupted'));
    await until(() => said.stderr.startsWith('note: '));
    await delay(500);
    process.kill(-child.pid!, 'SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said.stdout).toBe('');
    // Nothing failed on the way: ClickHouse was not ended with the rest of the group.
    expect(said.stderr).toMatch(
      /^note: \S+: \d+ messages, \d+ trades\n(\d+ trades, \S+\n)*stopping; Ctrl-C again ends at once\n$/,
    );
  }, 60_000);

  it('stops cleanly what is not open yet', async () => {
    const dataDir = at('interrupted-early');
    const { child, said, ended } = startReplay(dataDir);
    await until(() => existsSync(join(dataDir, 'clickhouse')));
    process.kill(-child.pid!, 'SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said).toEqual({ stdout: '', stderr: 'stopping; Ctrl-C again ends at once\n' });
    expect(isBusy(dataDir)).toBe(false);
  }, 60_000);

  it('ends a backtest in the middle of its loop', async () => {
    const rows = Array.from(
      { length: 1_000_000 },
      (_, i) => `${(i + 1) * 60_000},1,2,0.5,${1 + (i % 7) / 10},1`,
    );
    writeFileSync(at('candles.csv'), ['openTimeMs,open,high,low,close,volume', ...rows, ''].join('\n'));
    const params = '{"fastPeriod":2,"slowPeriod":3}';
    const args = [
      entry,
      'backtest',
      '--candles',
      at('candles.csv'),
      '--strategy',
      'ma-crossover',
      '--params',
      params,
    ];
    const { child, said, ended } = run(process.execPath, args);
    await delay(800);
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(said.stdout).toBe('');
  }, 60_000);
});

describe('a platform that npm has started', () => {
  it('stops when npm was ended and only its shell heard of it', async () => {
    const dataDir = at('orphaned');
    const command = `"${process.execPath}" "${entry}" start --port 0 --data-dir "${dataDir}"; true`;
    const environment = { ...process.env, npm_lifecycle_event: 'npx' };
    const { child: shell, said, ended } = run('sh', ['-c', command], { env: environment });
    await until(() => said.stderr.includes('dashboard:'));
    expect(isBusy(dataDir)).toBe(true);
    shell.kill('SIGTERM');
    // The pipes are the platform's as well: they close when it has ended.
    await ended;
    expect(isBusy(dataDir)).toBe(false);
    expect(said.stderr).toContain('stopping');
  }, 60_000);
});

describe('a result', () => {
  const itWhereDisksAreFull = existsSync('/dev/full') ? it : it.skip;
  itWhereDisksAreFull('that cannot be written is a failure', async () => {
    const full = openSync('/dev/full', 'w');
    const { said, ended } = run(process.execPath, [entry, '--help'], { stdio: ['ignore', full, 'pipe'] });
    expect(await ended).toEqual([1, null]);
    expect(said.stderr).toMatch(/^millrace: the result cannot be written: no space is left \(.*\)\n$/);
  });

  it('that nobody reads to its end is none', async () => {
    const output = at('first-line');
    const pipeline = `"${process.execPath}" "${entry}" --help | head -n 1 > "${output}"`;
    const { said, ended } = run('sh', ['-c', pipeline]);
    expect(await ended).toEqual([0, null]);
    expect([readFileSync(output, 'utf8').split('\n').length, said.stderr]).toEqual([2, '']);
  });
});
