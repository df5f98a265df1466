import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Check } from '../doctor/check.ts';
import { command } from './doctor.ts';

describe('millrace doctor', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const examine = async (port: number) => {
    const printed: unknown[] = [];
    const code = await command.run(
      { dataDir, port },
      {
        print: (result) => void printed.push(result),
        tell: () => undefined,
        signal: new AbortController().signal,
      },
    );
    return { code, checks: printed[0] as readonly Check[] };
  };

  it('ends with 0 on a machine that can run the platform, whatever else it lacks', async () => {
    const { code, checks } = await examine(0);
    expect(checks.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'packages',
      'clickhouse',
      'port',
      'disk',
      'data folder',
      'python',
      'docker',
      'browser',
    ]);
    expect(code).toBe(0);
  }, 30_000);

  it('ends with 1 when something is missing, and says how to get it', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { code, checks } = await examine((server.address() as AddressInfo).port);
    server.close();
    expect(code).toBe(1);
    expect(checks.find(({ name }) => name === 'port')).toMatchObject({
      status: 'missing',
      remedy: expect.stringContaining('--port 0'),
    });
  }, 30_000);
});
