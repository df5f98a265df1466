/** Where the platform would run: its port, its disk, its data folder. */
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { missing, ok, type Check } from './check.ts';

const HOST = '127.0.0.1';

/** Binds the port for a moment. */
export async function checkPort(port: number): Promise<Check> {
  const failure = await new Promise<NodeJS.ErrnoException | null>((settle) => {
    const server = createServer();
    server.once('error', settle);
    server.listen(port, HOST, () => server.close(() => settle(null)));
  });
  if (failure === null) return ok('port', `${HOST}:${port} is free`);
  const found =
    failure.code === 'EADDRINUSE'
      ? 'is taken by another process'
      : `cannot be used (${failure.code ?? failure.message})`;
  return missing(
    'port',
    `${HOST}:${port} ${found}`,
    'stop what listens there, or npx millrace start --port 0',
  );
}

const GIGABYTE = 2 ** 30;
/** A day of trades of a few busy instruments, with their captures and ClickHouse's merges. */
const NEEDED_GIGABYTES = 2;

export function checkDisk(dataDir: string): Check {
  const { bavail, bsize } = statfsSync(nearestExisting(dataDir));
  const gigabytes = (bavail * bsize) / GIGABYTE;
  const found = `${gigabytes.toFixed(1)} GB free for ${dataDir}`;
  return gigabytes >= NEEDED_GIGABYTES
    ? ok('disk', found)
    : missing('disk', found, `free ${NEEDED_GIGABYTES} GB, or choose another place with --data-dir`);
}

export function checkDataFolder(dataDir: string): Check {
  const place = nearestExisting(dataDir);
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return missing('data folder', `${place} cannot be written`, 'choose another place with --data-dir');
  }
  if (place !== dataDir) return ok('data folder', `${dataDir} will be made at the first start`);
  return ok(
    'data folder',
    readdirSync(dataDir).length === 0 ? `${dataDir} is empty` : `${dataDir} holds data`,
  );
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
