import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MARKETS, type Market } from '../../domain/market-data/market.ts';
import { makeFolder } from '../files/make-folder.ts';
import { CorruptDataFolder } from './corrupt-data-folder.ts';

/** What this version writes and reads. */
const FORMAT = 1;
const FORMAT_FILE = 'format.json';
const OWNER_FILE = 'owner.json';
const LOCK_FILE = 'lock.db';
/** What there is before the folder is marked: left by a process that was killed in its first millisecond. */
const BEFORE_THE_MARK = /^(format\.json\.\d+|owner\.json(\.\d+)?|lock\.db(-journal|-wal|-shm)?)$/;
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

/** What is in the folder, or is to come into it, belongs to another market. */
export class OtherMarket extends Error {
  override readonly name = 'OtherMarket';
}

/** The places inside a data folder, owned by this process until `close`. */
export interface DataFolder {
  readonly path: string;
  /** null: it is from before folders had one. */
  readonly market: Market | null;
  readonly stateDatabase: string;
  readonly logDatabase: string;
  readonly objects: string;
  readonly clickhouse: string;
  /** Lets others have the folder. */
  close(): void;
}

/** Data of this market is to come in. */
interface MarketUse {
  readonly market: Market;
  /** Gives it to a folder that has data and is from before folders had a market. */
  readonly marksOld?: boolean;
}

/** What a folder is taken for. */
export type FolderUse =
  | MarketUse
  /** What has come in is worked on or looked at: a folder without data is refused. */
  | { readonly mustExist: true };

/**
 * Takes a data folder for this process alone. For market data it is made (readable by its owner only) where there is
 * none, and the market written down before anything else: it is that market's for good.
 * @throws CorruptDataFolder for a folder that holds something else, or data of another version; nothing is written then.
 * @throws OtherMarket for a folder of another market; nothing is written then.
 * @throws DataFolderBusy while another process has it.
 */
export function openDataFolder(folder: string, use: FolderUse): DataFolder {
  const path = resolve(folder);
  if ('market' in use) {
    refuseOther(path, inspect(path), use);
    makeFolder(path, 0o700);
  } else assertDataFolder(path);
  const lock = takeLock(path);
  try {
    const market = marketOf(path, use);
    writeWhole(join(path, OWNER_FILE), { pid: process.pid });
    return {
      path,
      market,
      stateDatabase: join(path, 'state.db'),
      logDatabase: join(path, 'log.db'),
      objects: join(path, 'objects'),
      clickhouse: join(path, 'clickhouse'),
      close: () => letGo(lock),
    };
  } catch (error) {
    letGo(lock);
    throw error;
  }
}

/** Looked at again under the lock: whoever held it a moment ago may have marked the folder. */
function marketOf(path: string, use: FolderUse): Market | null {
  const found = inspect(path);
  if (!('market' in use)) return found.kind === 'ours' ? found.market : null;
  refuseOther(path, found, use);
  const file = join(path, FORMAT_FILE);
  if (found.kind === 'ours' && found.market !== null) {
    const now = new Date();
    utimesSync(file, now, now);
  } else {
    writeDurably(file, { format: FORMAT, market: use.market });
  }
  return use.market;
}

/** @throws OtherMarket */
function refuseOther(path: string, found: Found, { market, marksOld }: MarketUse): void {
  if (found.kind === 'empty') return;
  if (found.market === null) {
    if (marksOld === true || !found.holdsData) return;
    throw new OtherMarket(
      `data folder: ${path} has data of before folders had a market: give --market simulated or --market real once, whichever the data is of`,
    );
  }
  if (found.market === market) return;
  throw new OtherMarket(
    `data folder: ${path} is of the ${found.market} market, and this is the ${market} one: expected another folder (without --data-dir each market has its own)`,
  );
}

/** For whoever reads a folder that another process may have. @throws CorruptDataFolder when it holds no data of ours */
export function assertDataFolder(folder: string): void {
  const path = resolve(folder);
  if (inspect(path).kind === 'ours') return;
  throw new CorruptDataFolder(path, 'holds no data: expected a folder that `millrace start` has written');
}

/** When market data was last to come into a folder. null: it is none of ours. */
export function lastStartedMs(folder: string): number | null {
  return statSync(join(resolve(folder), FORMAT_FILE), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

type Found =
  | { readonly kind: 'ours'; readonly market: Market | null; readonly holdsData: boolean }
  /** Or not there, and free to become ours. */
  | { readonly kind: 'empty' };

/** @throws CorruptDataFolder */
function inspect(path: string): Found {
  const names = namesIn(path)?.filter((name) => !BEFORE_THE_MARK.test(name)) ?? [];
  if (names.length === 0) return { kind: 'empty' };
  if (!names.includes(FORMAT_FILE)) {
    throw new CorruptDataFolder(
      path,
      `is not a data folder: expected an empty folder or one with ${FORMAT_FILE}`,
    );
  }
  const { format, market = null } = readJson(join(path, FORMAT_FILE));
  if (format !== FORMAT) {
    throw new CorruptDataFolder(
      path,
      `has format ${JSON.stringify(format) ?? 'unknown'}, this version reads format ${FORMAT}`,
    );
  }
  const isMarket = (value: unknown): value is Market => (MARKETS as readonly unknown[]).includes(value);
  if (market !== null && !isMarket(market)) {
    throw new CorruptDataFolder(
      path,
      `is of the market ${JSON.stringify(market)}, this version knows ${MARKETS.join(' and ')}`,
    );
  }
  return { kind: 'ours', market, holdsData: names.length > 1 };
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

/**
 * The lock is the operating system's, on an open SQLite file: it goes with its process however that ends, so no stale
 * lock can be left behind and none has to be guessed at from a process id.
 */
function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, LOCK_FILE), { timeout: LOCK_PATIENCE_MS });
    // Not with locking_mode EXCLUSIVE: a connection keeps its shared lock then while it waits, and two that start at
    // once keep the folder from each other until both give up.
    lock.exec('BEGIN EXCLUSIVE');
    held.add(lock);
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

function letGo(lock: DatabaseSync): void {
  held.delete(lock);
  lock.close();
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

/** Returns once a power cut cannot take it back: neither what is in the file nor the folders on the way to it. */
function writeDurably(path: string, value: object): void {
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(partial, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true });
    renameSync(partial, path);
    const folder = dirname(path);
    for (const each of [folder, dirname(folder), dirname(dirname(folder))]) syncFolder(each);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

/** What this process may not open, it has not made; and some file systems have no such thing to flush. */
const NOTHING_TO_FLUSH: readonly unknown[] = ['EACCES', 'EPERM', 'EINVAL', 'EISDIR'];

function syncFolder(path: string): void {
  try {
    const file = openSync(path, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!NOTHING_TO_FLUSH.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}
