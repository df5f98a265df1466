import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { secretHeaders } from '../../shared/adapters/clickhouse/client.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { ClickHouseFailed, startClickHouse, type ClickHouseServer } from './start-clickhouse.ts';

const quiet = createLog({ write: () => undefined }, 'error');
const started: ClickHouseServer[] = [];
const start = async (dataDir: string): Promise<ClickHouseServer> => {
  const server = await startClickHouse({ dataDir, log: quiet });
  started.push(server);
  return server;
};
afterAll(async () => {
  for (const server of started) await server.stop({ fast: true });
});

async function ask(server: ClickHouseServer, query: string): Promise<string> {
  const response = await fetch(server.url, {
    method: 'POST',
    body: query,
    headers: { ...secretHeaders(server.address), connection: 'close' },
  });
  const text = (await response.text()).trim();
  if (!response.ok) throw new Error(text);
  return text;
}

async function fill(server: ClickHouseServer): Promise<void> {
  await ask(server, 'CREATE DATABASE millrace');
  await ask(server, 'CREATE TABLE millrace.numbers (n UInt32) ENGINE = MergeTree ORDER BY n');
  await ask(server, 'INSERT INTO millrace.numbers SELECT arrayJoin(range(1000))');
}

function isRunning(pid: number): boolean {
  try {
    // A child that has ended and was not looked at yet has an empty command line.
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`).byteLength > 0;
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('startClickHouse', () => {
  it('keeps what was inserted over a stop and over a kill', async () => {
    const dataDir = join(temporaryFolder(), 'clickhouse');
    const first = await start(dataDir);
    await fill(first);
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await start(dataDir);
    await ask(second, 'INSERT INTO millrace.numbers SELECT arrayJoin(range(500))');
    await second.stop({ fast: true });
    expect(isRunning(second.pid)).toBe(false);
    const third = await start(dataDir);
    expect(await ask(third, 'SELECT count() FROM millrace.numbers')).toBe('1500');
    await third.stop({ fast: true });
    await third.stop();
  }, 30_000);

  it('starts again where a Ctrl-C reached it before it had left the process group', async () => {
    const dataDir = temporaryFolder();
    const starting = start(dataDir);
    const pidFile = join(dataDir, 'clickhouse.pid');
    while (!existsSync(pidFile)) await delay(1);
    const first = Number(readFileSync(pidFile, 'utf8'));
    process.kill(first, 'SIGINT');
    const server = await starting;
    expect(server.pid).not.toBe(first);
    expect(await ask(server, 'SELECT 1')).toBe('1');
  }, 30_000);

  it('listens on loopback alone, writes no logs of its own and keeps to its memory', async () => {
    const server = await start(temporaryFolder());
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(
      await ask(
        server,
        "SELECT count() FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log'",
      ),
    ).toBe('0');
    const limit = "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'";
    expect(await ask(server, limit)).toBe('500000000');
    await server.stop({ fast: true });
  }, 30_000);

  it('says why when the server ends by itself, and nothing when it is stopped', async () => {
    const [killed, stopped] = [await start(temporaryFolder()), await start(temporaryFolder())];
    const reasons: string[] = [];
    stopped.onExit((reason) => reasons.push(reason));
    const told = new Promise((resolve) => killed.onExit(resolve));
    process.kill(killed.pid, 'SIGKILL');
    expect(await told).toBe('the server ended (SIGKILL)');
    await stopped.stop();
    expect(reasons).toEqual([]);
  }, 30_000);

  it('ends the server that a killed parent left behind, and takes over its folder', async () => {
    const dataDir = temporaryFolder();
    const orphan = await leaveOrphan(dataDir);
    const startedAtMs = Date.now();
    const server = await start(dataDir);
    expect(Date.now() - startedAtMs).toBeLessThan(LINGERING_MS - 1000);
    expect(isRunning(orphan.pid)).toBe(false);
    expect(await ask(server, 'SELECT 1')).toBe('1');
    orphan.connection.destroy();
  }, 30_000);

  it('waits for a server that holds the folder and was not recorded', async () => {
    const dataDir = temporaryFolder();
    const orphan = await leaveOrphan(dataDir);
    rmSync(join(dataDir, 'clickhouse.pid'));
    setTimeout(() => orphan.connection.destroy(), 500);
    const server = await start(dataDir);
    expect(isRunning(orphan.pid)).toBe(false);
    expect(await ask(server, 'SELECT 1')).toBe('1');
  }, 30_000);

  it('lets the server end with its parent even when nobody starts again', async () => {
    const { parent, pid } = await startInAnotherProcess(temporaryFolder());
    parent.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while (isRunning(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isRunning(pid)).toBe(false);
  }, 30_000);

  it('leaves a process alone that only has the recorded id', async () => {
    const dataDir = temporaryFolder();
    const bystander = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      writeFileSync(join(dataDir, 'clickhouse.pid'), `${bystander.pid}\n`);
      const server = await start(dataDir);
      await server.stop({ fast: true });
      expect(bystander.exitCode).toBeNull();
      expect(isRunning(bystander.pid!)).toBe(true);
    } finally {
      bystander.kill('SIGKILL');
    }
  }, 30_000);

  it('says in one line why it cannot start', async () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'store'), 'not a folder');
    const outcome = start(dataDir);
    await expect(outcome).rejects.toThrow(ClickHouseFailed);
    await expect(outcome).rejects.toThrow(/^ClickHouse: [^\n]*store a folder that it can write to\?$/);
  }, 30_000);
});

/** A server waits this long for an open connection before it ends, also when its parent is gone. */
const LINGERING_MS = 5000;

interface Orphan {
  readonly pid: number;
  /** What keeps it from ending. */
  readonly connection: Agent;
}

async function leaveOrphan(dataDir: string): Promise<Orphan> {
  const { parent, pid, url } = await startInAnotherProcess(dataDir);
  const connection = new Agent({ keepAlive: true });
  const [response] = (await once(get(url, { agent: connection }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  return { pid, connection };
}

async function startInAnotherProcess(
  dataDir: string,
): Promise<{ parent: ChildProcess; pid: number; url: string }> {
  const modules = ['./start-clickhouse.ts', '../../shared/runtime/log.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const script = `
    const { startClickHouse } = await import(${JSON.stringify(modules[0])});
    const { log } = await import(${JSON.stringify(modules[1])});
    const server = await startClickHouse({ dataDir: ${JSON.stringify(dataDir)}, log });
    console.log(server.pid, server.url);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const [pid = '', url = ''] = line.toString().trim().split(' ');
  return { parent, pid: Number(pid), url };
}
