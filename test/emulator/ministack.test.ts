/** Starting and stopping the emulator itself. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EMULATOR_FOLDER } from '../../scripts/emulator/folders.ts';
import { installMiniStack } from '../../scripts/emulator/install-ministack.ts';
import { startMiniStack } from '../../scripts/emulator/ministack.ts';
import { freePort, openEmulator, outwardAddresses } from './emulator-under-test.ts';

const isAlive = (processGroup: number): boolean => {
  try {
    return process.kill(-processGroup, 0);
  } catch {
    return false;
  }
};

describe('the emulator', () => {
  const opened: (() => void)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0).reverse()) close();
  });

  it('leaves no process and no folder behind', async () => {
    const emulator = await openEmulator();
    expect(isAlive(emulator.processGroup)).toBe(true);
    await emulator.close();
    expect(isAlive(emulator.processGroup)).toBe(false);
    expect(existsSync(emulator.folder)).toBe(false);
  });

  it('answers nobody but this machine', async () => {
    const emulator = await openEmulator();
    try {
      const { port } = new URL(emulator.endpoint);
      for (const address of outwardAddresses())
        await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
    } finally {
      await emulator.close();
    }
  });

  it('refuses a port that is taken in one line', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const executable = await installMiniStack(() => undefined);
    await expect(startMiniStack({ executable, port, folder: join(EMULATOR_FOLDER, 'none') })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is taken: expected a free one for the emulator (--port)`,
    );
  });

  it('says where its log is when it does not come up', async () => {
    const parent = mkdtempSync(join(EMULATOR_FOLDER, 'test-'));
    opened.push(() => rmSync(parent, { recursive: true, force: true }));
    const folder = join(parent, 'ministack');
    const starting = startMiniStack({ executable: '/bin/false', port: await freePort(), folder });
    await expect(starting).rejects.toThrow(`see ${join(folder, 'ministack.log')}`);
  });
});
