/** `npm run emulator`, with `--localstack` or without: AWS and ClickHouse on this machine, without Docker, until Ctrl-C. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { secretFileOf } from '../../embedded/clickhouse-server/access.ts';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { log } from '../../shared/runtime/log.ts';
import { installLocalStack } from '../localstack/install-localstack.ts';
import { startLocalStack } from '../localstack/localstack.ts';
import type { EmulatorProcess } from './emulator-process.ts';
import { EMULATOR_FOLDER } from './folders.ts';
import { installMiniStack } from './install-ministack.ts';
import { startMiniStack } from './ministack.ts';
import { OneLineFailure, runScript } from './one-line-failure.ts';
import { forgetRunning, noteRunning } from './running.ts';

const USAGE = 'npm run emulator [-- --port 4566] [--localstack]';

await runScript(async (signal) => {
  const { port, start, name, folder } = readOptions();
  mkdirSync(EMULATOR_FOLDER, { recursive: true });
  const emulator = await start(port, folder);
  try {
    // The emulator forgets everything when it ends, so ClickHouse begins empty too.
    const dataDir = join(EMULATOR_FOLDER, 'clickhouse');
    rmSync(dataDir, { recursive: true, force: true });
    const clickHouse = await startClickHouse({ dataDir, log });
    try {
      const { url, username: user } = clickHouse.address;
      noteRunning({
        endpoint: emulator.endpoint,
        clickHouse: { url, user, secretFile: secretFileOf(dataDir) },
      });
      tell(`emulator: ${emulator.endpoint}   ClickHouse: ${clickHouse.url}`);
      tell('npm run deploy:local, in another terminal, puts the platform on it. Ctrl-C stops everything.');
      const stopped = new Promise<'stopped'>((resolve) =>
        signal.addEventListener('abort', () => resolve('stopped')),
      );
      const first = signal.aborted ? 'stopped' : await Promise.race([stopped, emulator.ended]);
      if (first !== 'stopped') throw new OneLineFailure(`${name} ended by itself: its log is in ${folder}`);
    } finally {
      forgetRunning();
      await clickHouse.stop({ fast: true });
    }
  } finally {
    await emulator.stop();
  }
});

interface Options {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly start: (port: number, folder: string) => Promise<EmulatorProcess>;
}

function readOptions(): Options {
  const { values } = parse();
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535)
    throw new OneLineFailure(`--port: expected 1 to 65535, got ${values.port}`);
  if (!values.localstack)
    return {
      name: 'MiniStack',
      folder: join(EMULATOR_FOLDER, 'ministack'),
      port,
      start: async (on, folder) =>
        startMiniStack({ executable: await installMiniStack(tell), port: on, folder }),
    };
  return {
    name: 'LocalStack',
    folder: join(EMULATOR_FOLDER, 'localstack', 'running'),
    port,
    start: async (on, folder) => {
      tell('LocalStack runs no functions without Docker: what is deployed can be looked at, not called.');
      return startLocalStack({ installation: await installLocalStack(tell), port: on, folder });
    },
  };
}

function parse() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4566' },
        localstack: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new OneLineFailure(`${(error as Error).message}\nusage: ${USAGE}`);
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
