import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../files/make-folder.ts';
import { CorruptDataFolder } from './corrupt-data-folder.ts';

/** What this version writes and reads. */
const FORMAT = 1;
const FORMAT_FILE = 'format.json';
/** Left by a process that was killed in its first millisecond. */
const UNFINISHED_FORMAT_FILE = /^format\.json\.\d+$/;
const OWNER_FILE = 'owner.json';
const LOCK_FILE = 'lock.db';
/** A process that was just killed may hold its lock for a moment longer. */
const LOCK_PATIENCE_MS = 1000;
const SQLITE_BUSY = 5;

/** Locks of this process: a database that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/** Another process works in the data folder. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy';
  /** Of the owner; null when it cannot be told. */
  readonly pid: number | null;
  constructor(path: string, pid: number | null) {
    super(`data folder: ${path} is in use by ${pid === null ? 'another process' : `process ${pid}`}`);
    this.pid = pid;
  }
}

/** The places inside a data folder, owned by this process until `close`. */
export interface DataFolder {
  readonly path: string;
  readonly stateDatabase: string;
  readonly logDatabase: string;
  readonly objects: string;
  readonly clickhouse: string;
  /** Lets others have the folder. */
  close(): void;
}

/**
 * Takes a data folder for this process alone, and makes it (readable by its owner only) where there is none.
 * @param mustExist refuses a folder that holds no data instead of starting an empty one.
 * @throws CorruptDataFolder for a folder that holds something else, or data of another version; nothing is written then.
 * @throws DataFolderBusy while another process has it.
 */
export function openDataFolder(folder: string, options: { readonly mustExist?: boolean } = {}): DataFolder {
  const path = resolve(folder);
  if (options.mustExist === true) assertDataFolder(path);
  else if (inspect(path) === 'empty') writeFormat(path);
  const lock = takeLock(path);
  return {
    path,
    stateDatabase: join(path, 'state.db'),
    logDatabase: join(path, 'log.db'),
    objects: join(path, 'objects'),
    clickhouse: join(path, 'clickhouse'),
    close: () => {
      held.delete(lock);
      lock.close();
    },
  };
}

/** For whoever reads a folder that another process may have. @throws CorruptDataFolder when it holds no data of ours */
export function assertDataFolder(folder: string): void {
  const path = resolve(folder);
  if (inspect(path) === 'ours') return;
  throw new CorruptDataFolder(path, 'holds no data: expected a folder that `millrace start` has written');
}

/** @returns whether the folder is ours or free to become so. */
function inspect(path: string): 'ours' | 'empty' {
  const names = namesIn(path)?.filter((name) => !UNFINISHED_FORMAT_FILE.test(name)) ?? null;
  if (names === null || names.length === 0) return 'empty';
  if (!names.includes(FORMAT_FILE)) {
    throw new CorruptDataFolder(
      path,
      `is not a data folder: expected an empty folder or one with ${FORMAT_FILE}`,
    );
  }
  const format = readJson(join(path, FORMAT_FILE))['format'];
  if (format !== FORMAT) {
    throw new CorruptDataFolder(
      path,
      `has format ${JSON.stringify(format) ?? 'unknown'}, this version reads format ${FORMAT}`,
    );
  }
  return 'ours';
}

/** @returns null when there is no such folder. */
function namesIn(path: string): string[] | null {
  try {
    if (!statSync(path).isDirectory()) throw new CorruptDataFolder(path, 'is not a folder');
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readJson(path: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch (error) {
    throw new CorruptDataFolder(path, `cannot be read (${(error as Error).message})`, { cause: error });
  }
  throw new CorruptDataFolder(path, 'cannot be read (not a JSON object)');
}

function writeFormat(path: string): void {
  makeFolder(path, 0o700);
  writeWhole(join(path, FORMAT_FILE), { format: FORMAT });
}

/**
 * The lock is the operating system's, on an open SQLite file: it goes with its process however that ends, so no stale
 * lock can be left behind and none has to be guessed at from a process id.
 */
function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, LOCK_FILE), { timeout: LOCK_PATIENCE_MS });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    held.add(lock);
    writeWhole(join(path, OWNER_FILE), { pid: process.pid });
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY)
      throw new DataFolderBusy(path, ownerOf(path));
    throw new CorruptDataFolder(join(path, LOCK_FILE), `cannot be locked (${(error as Error).message})`, {
      cause: error,
    });
  }
}

function ownerOf(path: string): number | null {
  try {
    const { pid } = readJson(join(path, OWNER_FILE));
    return typeof pid === 'number' ? pid : null;
  } catch {
    // The owner is about to write it. That the folder is busy is what counts.
    return null;
  }
}

function writeWhole(path: string, value: object): void {
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(partial, `${JSON.stringify(value)}\n`, { mode: 0o600 });
    renameSync(partial, path);
  } catch (error) {
    // A write that fails, for want of room for instance, does not name its file.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}
