import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStorage } from '../../embedded/storage.ts';
import { pendingRetention } from '../../shared/adapters/clickhouse/retention.ts';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { RETENTION } from '../../shared/contracts/retention.ts';
import { COMMANDS } from '../command-line/command-table.ts';
import { runCommandLine } from '../command-line/run-command-line.ts';

async function run(...words: string[]) {
  const written = { out: '', err: '' };
  const code = await runCommandLine(words, COMMANDS, {
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    signal: new AbortController().signal,
    showStacks: false,
  });
  return { code, ...written };
}

describe('millrace migrate', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'millrace-migrate-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('takes a data folder up, leaves it there, and takes it down to the version asked for', async () => {
    openDataFolder(dataDir, { market: 'real' }).close();
    const first = await run('migrate', '--data-dir', dataDir);
    expect(first).toMatchObject({ code: 0, err: '' });
    const ups = JSON.parse(first.out) as readonly { version: number; direction: string }[];
    expect(ups[0]).toEqual({ version: 1, name: 'create-trades', direction: 'up' });
    expect(await run('migrate', '--data-dir', dataDir)).toEqual({ code: 0, out: '[]\n', err: '' });
    const down = await run('migrate', '--data-dir', dataDir, '--to', '1');
    expect(JSON.parse(down.out)).toEqual(
      ups
        .slice(1)
        .reverse()
        .map((step) => ({ ...step, direction: 'down' })),
    );
  }, 30_000);

  it('leaves a data folder as much as it has, unless it is told to keep as long as a stage does', async () => {
    const pending = async (stage: 'localstack' | 'dev') => {
      const storage = await openStorage(dataDir, { mustExist: true });
      try {
        return await pendingRetention(storage.clickHouse, RETENTION[stage].rows);
      } finally {
        await storage.close();
      }
    };
    openDataFolder(dataDir, { market: 'real' }).close();
    expect(await pending('localstack')).toEqual([]);
    expect(await run('migrate', '--data-dir', dataDir, '--keep', 'dev')).toMatchObject({ code: 0, err: '' });
    expect(await pending('dev')).toEqual([]);
    // A start migrates, too.
    expect(await pending('localstack')).toEqual(['quotes', 'books', 'quality']);
    expect(await run('migrate', '--data-dir', dataDir, '--keep', 'dev', '--to', '8')).toMatchObject({
      code: 2,
    });
  }, 60_000);

  it('refuses a version that does not exist', async () => {
    openDataFolder(dataDir, { market: 'real' }).close();
    expect(await run('migrate', '--data-dir', dataDir, '--to', '99')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^millrace: migrations: no version 99, the newest is \d+\n$/),
    });
  }, 30_000);

  it('refuses a folder that holds no data', async () => {
    expect(await run('migrate', '--data-dir', dataDir)).toMatchObject({
      code: 2,
      err: expect.stringContaining('holds no data'),
    });
  });

  it('says so when what answers is no ClickHouse, or does not take the password', async () => {
    let answer: readonly [status: number, headers: Record<string, string>, body: string] = [
      404,
      {},
      '<!DOCTYPE html>\n<p>',
    ];
    const server = createServer((_, response) => response.writeHead(answer[0], answer[1]).end(answer[2]));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await run('migrate', '--url', url)).toEqual({
        code: 2,
        out: '',
        err: `millrace: --url: expected a ClickHouse server at ${url}/, got "<!DOCTYPE html>"\n`,
      });
      const said = 'Code: 516. DB::Exception: bob: Authentication failed. (AUTHENTICATION_FAILED)';
      answer = [403, { 'x-clickhouse-exception-code': '516' }, said];
      expect(await run('migrate', '--url', url, '--user', 'bob')).toEqual({
        code: 2,
        out: '',
        err: `millrace: --user: ${url}/ refuses bob with this CLICKHOUSE_PASSWORD\n`,
      });
    } finally {
      server.close();
    }
  });

  it('says so when no server answers', async () => {
    expect(await run('migrate', '--url', 'http://127.0.0.1:1')).toEqual({
      code: 2,
      out: '',
      err: 'millrace: --url: expected a ClickHouse server at http://127.0.0.1:1/, got ECONNREFUSED\n',
    });
  });
});
