import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
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
    openDataFolder(join(place, 'ours'), { market: 'real' }).close();
    mkdirSync(join(place, 'photos'));
    writeFileSync(join(place, 'photos', 'cat.jpg'), '');
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it.each([
    ['empty', 'is empty'],
    ['ours', 'holds data'],
    ['new/deeper', 'will be made at the first start'],
  ])('%s %s', (name, found) => {
    expect(checkDataFolder(join(place, name))).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(found),
    });
  });

  it('is missing while another process has it, and free again afterwards', () => {
    const path = join(place, 'ours');
    const owner = openDataFolder(path, { market: 'real' });
    expect(checkDataFolder(path)).toMatchObject({
      status: 'missing',
      found: `data folder: ${path} is in use by process ${process.pid}`,
    });
    owner.close();
    expect(checkDataFolder(path)).toMatchObject({ status: 'ok' });
  });

  it('is missing when something else lies there', () => {
    expect(checkDataFolder(join(place, 'photos'))).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('is not a data folder'),
    });
  });

  it('has room, also before it exists', () => {
    expect(checkDisk(join(place, 'new'))).toMatchObject({
      found: expect.stringMatching(/^\d+\.\d GB free for /),
    });
  });
});
