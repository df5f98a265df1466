/** An emulator of a test's own: on a free port, with its files in a folder of its own, ended with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { EMULATOR_FOLDER } from '../../scripts/emulator/folders.ts';
import { installMiniStack } from '../../scripts/emulator/install-ministack.ts';
import type { EmulatorProcess } from '../../scripts/emulator/emulator-process.ts';
import { startMiniStack } from '../../scripts/emulator/ministack.ts';
import { installLocalStack } from '../../scripts/localstack/install-localstack.ts';
import { startLocalStack } from '../../scripts/localstack/localstack.ts';
import { CREDENTIALS, REGION } from '../../scripts/emulator/deployment.ts';

export interface EmulatorUnderTest {
  readonly endpoint: string;
  readonly folder: string;
  readonly processGroup: number;
  close(): Promise<void>;
}

export async function openEmulator(): Promise<EmulatorUnderTest> {
  const executable = await installMiniStack(tell);
  return open(async (port, folder) => startMiniStack({ executable, port, folder }));
}

/** LocalStack without Docker: no function runs. */
export async function openLocalStack(): Promise<EmulatorUnderTest> {
  const installation = await installLocalStack(tell);
  return open(async (port, folder) => startLocalStack({ installation, port, folder }));
}

async function open(
  start: (port: number, folder: string) => Promise<EmulatorProcess>,
): Promise<EmulatorUnderTest> {
  // The SDK clients that the adapters make for themselves look for them here.
  process.env['AWS_ACCESS_KEY_ID'] = CREDENTIALS.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = CREDENTIALS.secretAccessKey;
  process.env['AWS_REGION'] = REGION;
  const folder = mkdtempSync(join(EMULATOR_FOLDER, 'test-'));
  const { endpoint, processGroup, stop } = await start(await freePort(), join(folder, 'emulator'));
  return {
    endpoint,
    folder,
    processGroup,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Under which other machines would reach this one. */
export function outwardAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  );
}
