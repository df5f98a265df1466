/** Where the platform would run: its port, its disk, its data folder. */
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { probePort } from '../../embedded/http-server/port-unavailable.ts';
import { CorruptDataFolder } from '../../shared/adapters/embedded/corrupt-data-folder.ts';
import { DataFolderBusy, openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { fileErrorReason } from '../../shared/adapters/files/file-error.ts';
import { missing, ok, type Check } from './check.ts';

const HOST = '127.0.0.1';

export async function checkPort(port: number): Promise<Check> {
  const failure = await probePort(HOST, port);
  if (failure === null) return ok('port', `${HOST}:${port} is free`);
  const found =
    failure.code === 'EADDRINUSE'
      ? 'is taken by another process'
      : `cannot be used (${fileErrorReason(failure) ?? failure.message})`;
  const remedy =
    failure.code === 'EACCES'
      ? 'choose one above 1023 with --port'
      : 'stop what listens there, or npx millrace start --port 0';
  return missing('port', `${HOST}:${port} ${found}`, remedy);
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

/** Takes the folder for a moment, as start would. */
export function checkDataFolder(dataDir: string): Check {
  const name = 'data folder';
  const elsewhere = 'choose another place with --data-dir';
  const place = nearestExisting(dataDir);
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return missing(name, `${place} cannot be written`, elsewhere);
  }
  if (place !== dataDir) return ok(name, `${dataDir} will be made at the first start`);
  try {
    if (readdirSync(dataDir).length === 0) return ok(name, `${dataDir} is empty`);
    openDataFolder(dataDir, { mustExist: true }).close();
    return ok(name, `${dataDir} holds data`);
  } catch (error) {
    if (error instanceof DataFolderBusy)
      return missing(name, error.message, `stop that process, or ${elsewhere}`);
    if (error instanceof CorruptDataFolder) return missing(name, error.message, elsewhere);
    const reason = fileErrorReason(error);
    if (reason === null) throw error;
    return missing(name, `${dataDir} cannot be read (${reason})`, elsewhere);
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
