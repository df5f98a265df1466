/** `npm run emulator`: AWS and ClickHouse on this machine, without Docker, until Ctrl-C. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { secretFileOf } from '../../embedded/clickhouse-server/access.ts';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { log } from '../../shared/runtime/log.ts';
import { EMULATOR_FOLDER } from './folders.ts';
import { installMiniStack } from './install-ministack.ts';
import { startMiniStack } from './ministack.ts';
import { OneLineFailure, runScript } from './one-line-failure.ts';
import { forgetRunning, noteRunning } from './running.ts';

const USAGE = 'npm run emulator [-- --port 4566]';

await runScript(async (signal) => {
  const port = readPort();
  mkdirSync(EMULATOR_FOLDER, { recursive: true });
  const executable = await installMiniStack(tell);
  const miniStack = await startMiniStack({ executable, port, folder: join(EMULATOR_FOLDER, 'ministack') });
  try {
    // The emulator forgets everything when it ends, so ClickHouse begins empty too.
    const dataDir = join(EMULATOR_FOLDER, 'clickhouse');
    rmSync(dataDir, { recursive: true, force: true });
    const clickHouse = await startClickHouse({ dataDir, log });
    try {
      const { url, username: user } = clickHouse.address;
      noteRunning({
        endpoint: miniStack.endpoint,
        clickHouse: { url, user, secretFile: secretFileOf(dataDir) },
      });
      tell(`emulator: ${miniStack.endpoint}   ClickHouse: ${clickHouse.url}`);
      tell('npm run deploy:local, in another terminal, puts the platform on it. Ctrl-C stops everything.');
      const stopped = new Promise<'stopped'>((resolve) =>
        signal.addEventListener('abort', () => resolve('stopped')),
      );
      const first = signal.aborted ? 'stopped' : await Promise.race([stopped, miniStack.ended]);
      if (first !== 'stopped')
        throw new OneLineFailure('MiniStack ended by itself: see .emulator/ministack/ministack.log');
    } finally {
      forgetRunning();
      await clickHouse.stop({ fast: true });
    }
  } finally {
    await miniStack.stop();
  }
});

function readPort(): number {
  const { values } = parse();
  const port = Number(values.port);
  if (/^\d+$/.test(values.port) && port >= 1 && port <= 65_535) return port;
  throw new OneLineFailure(`--port: expected 1 to 65535, got ${values.port}`);
}

function parse() {
  try {
    return parseArgs({ options: { port: { type: 'string', default: '4566' } } });
  } catch (error) {
    throw new OneLineFailure(`${(error as Error).message}\nusage: ${USAGE}`);
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
