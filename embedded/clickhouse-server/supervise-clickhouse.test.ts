import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClickHouse } from '../../shared/adapters/clickhouse/client.ts';
import { readRows, runStatement } from '../../shared/adapters/clickhouse/requests.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { Patience } from '../../shared/runtime/patience.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { secretFileOf } from './access.ts';
import { ClickHouseFailed, startClickHouse, type ClickHouseOptions } from './start-clickhouse.ts';
import { superviseClickHouse, type SupervisedClickHouse } from './supervise-clickhouse.ts';

const quiet = createLog({ write: () => undefined }, 'error');
const supervised: SupervisedClickHouse[] = [];
afterEach(async () => {
  for (const server of supervised.splice(0)) await server.stop({ fast: true });
});

async function supervise(start = startClickHouse): Promise<SupervisedClickHouse> {
  const options = { dataDir: temporaryFolder(), log: quiet, pauses: { firstMs: 10, longestMs: 20 } };
  const server = await superviseClickHouse({ ...options, start });
  supervised.push(server);
  return server;
}

describe('a supervised ClickHouse', () => {
  it('is started again when it is killed, and its clients go on with what was stored', async () => {
    const server = await supervise();
    const client = createClickHouse(server.address);
    const patience = new Patience({ log: quiet });
    await runStatement(client, 'CREATE DATABASE millrace');
    await runStatement(client, 'CREATE TABLE millrace.numbers (n UInt32) ENGINE = MergeTree ORDER BY n');
    const told: string[] = [];
    server.onEnd((reason) => told.push(reason));
    server.onReturn(() => told.push('returned'));
    for (let kill = 1; kill <= 3; kill++) {
      await runStatement(client, 'INSERT INTO millrace.numbers VALUES (0)');
      const { pid } = server;
      process.kill(pid, 'SIGKILL');
      const count = async () => readRows(client, 'SELECT count() FROM millrace.numbers', {});
      await expect(
        (async () => {
          for (;;) await count();
        })(),
      ).rejects.toThrow(Unreachable);
      expect(await patience.until('test', count)).toEqual([[kill]]);
      // A server may answer a moment before whoever started it knows.
      while (told.length < 2 * kill) await sleep(1);
      expect(server.pid).not.toBe(pid);
    }
    expect(told).toEqual(Array(3).fill(['the server ended (SIGKILL)', 'returned']).flat());
    await client.close();
  }, 60_000);

  it('answers to the same secret when it is started again, whatever became of its file', async () => {
    const dataDir = temporaryFolder();
    const server = await superviseClickHouse({ dataDir, log: quiet, pauses: { firstMs: 10, longestMs: 20 } });
    supervised.push(server);
    const client = createClickHouse(server.address);
    rmSync(secretFileOf(dataDir));
    const returned = new Promise<void>((resolve) => server.onReturn(resolve));
    process.kill(server.pid, 'SIGKILL');
    await returned;
    expect(await readRows(client, 'SELECT 1', {})).toEqual([[1]]);
    await client.close();
  }, 30_000);

  it('is given up when it cannot be started eight times in a row, with the last reason', async () => {
    let starts = 0;
    const server = await supervise(async (options: ClickHouseOptions) => {
      if (starts++ === 0) return startClickHouse(options);
      throw new ClickHouseFailed('ClickHouse: Code: 32. DB::Exception: Attempt to read after eof', true);
    });
    const exited = new Promise<string>((resolve) => server.onExit(resolve));
    process.kill(server.pid, 'SIGKILL');
    expect(await exited).toMatch(/^ClickHouse: Code: 32\. [^\n]* 8 times in a row$/);
    expect(starts).toBe(1 + 8);
  }, 30_000);

  it('is not started again once it is stopped', async () => {
    let starts = 0;
    const server = await supervise(async (options: ClickHouseOptions) => {
      starts++;
      return startClickHouse(options);
    });
    process.kill(server.pid, 'SIGKILL');
    await server.stop({ fast: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(starts).toBeLessThanOrEqual(2);
    await expect(fetch(server.url)).rejects.toThrow();
  }, 30_000);
});
