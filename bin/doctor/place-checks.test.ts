import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDataFolder, checkDisk, checkPort } from './place-checks.ts';

describe('the port', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  it('is missing while another process listens there', async () => {
    expect(await checkPort(port)).toMatchObject({
      status: 'missing',
      found: `127.0.0.1:${port} is taken by another process`,
    });
  });

  it('is ok when free', async () => {
    expect(await checkPort(0)).toMatchObject({ status: 'ok' });
  });
});

describe('the data folder', () => {
  let place: string;
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
    mkdirSync(join(place, 'empty'));
    mkdirSync(join(place, 'used'));
    writeFileSync(join(place, 'used', 'log.sqlite'), '');
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it.each([
    ['empty', 'is empty'],
    ['used', 'holds data'],
    ['new/deeper', 'will be made at the first start'],
  ])('%s %s', (name, found) => {
    expect(checkDataFolder(join(place, name))).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(found),
    });
  });

  it('has room, also before it exists', () => {
    expect(checkDisk(join(place, 'new'))).toMatchObject({
      found: expect.stringMatching(/^\d+\.\d GB free for /),
    });
  });
});
