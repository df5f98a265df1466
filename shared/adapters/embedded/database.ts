import { basename } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { Unreachable } from '../../ports/unreachable.ts';
import { CorruptDataFolder } from './corrupt-data-folder.ts';

export interface DatabaseSchema {
  /** Written into the file; a file of another version is refused. */
  readonly version: number;
  /** Statements that create what is missing: `CREATE … IF NOT EXISTS`. */
  readonly sql: string;
}

/** `MILL`: tells our files from other programs' SQLite files. */
const APPLICATION_ID = 0x4d494c4c;
/** Waiting for whoever holds a lock holds up the whole process: less than the time that a function has. */
const BUSY_TIMEOUT_MS = 1000;
/** A WAL that grew during a large transaction is cut back to this at the next checkpoint. */
const MAX_IDLE_WAL_BYTES = 32 * 1024 * 1024;
/** Every page is read up to this size, which takes under 100 ms; past it only what is needed to start. */
const MAX_CHECKED_PAGES_BYTES = 64 * 1024 * 1024;

/**
 * Opens a database file and creates what it lacks, or `:memory:`.
 *
 * A commit is durable against `kill -9` of this process, because it has reached the operating system when it returns.
 * With `synchronous=NORMAL` a loss of power may take the last commits with it, and never corrupts the file.
 * @throws CorruptDataFolder when the file is no SQLite database, is damaged, or belongs to another program or version.
 */
export function openDatabase(path: string, schema: DatabaseSchema): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    prepareFile(database, path, schema);
    return database;
  } catch (error) {
    database?.close();
    const wrong = error instanceof CorruptDataFolder ? undefined : WRONG[primaryCodeOf(error)];
    if (wrong === undefined) throw error;
    throw new CorruptDataFolder(path, `${wrong} (${(error as Error).message})`, { cause: error });
  }
}

function prepareFile(database: DatabaseSync, path: string, schema: DatabaseSchema): void {
  const fresh = isFresh(database);
  if (!fresh) refuseForeign(database, path, schema);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES};
    PRAGMA secure_delete = OFF;
    PRAGMA temp_store = MEMORY;
  `);
  if (!fresh) checkPages(database, path);
  transaction(database, () => {
    database.exec(schema.sql);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schema.version}`);
  });
}

/**
 * Switching an empty file to its journal mode writes its first page before anything else is in it: a process that was
 * killed right then has left no more than that.
 */
function isFresh(database: DatabaseSync): boolean {
  if (pragma(database, 'page_count') === 0) return true;
  const objects = database.prepare('SELECT count(*) AS objects FROM sqlite_schema').get()?.['objects'];
  return objects === 0 && pragma(database, 'application_id') === 0 && pragma(database, 'user_version') === 0;
}

function refuseForeign(database: DatabaseSync, path: string, schema: DatabaseSchema): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    throw new CorruptDataFolder(path, 'is not a Millrace database');
  }
  const version = pragma(database, 'user_version');
  if (version !== schema.version) {
    throw new CorruptDataFolder(path, `has schema version ${version}, expected ${schema.version}`);
  }
}

function checkPages(database: DatabaseSync, path: string): void {
  const bytes = pragma(database, 'page_count') * pragma(database, 'page_size');
  if (bytes > MAX_CHECKED_PAGES_BYTES) return;
  const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok')
    throw new CorruptDataFolder(path, `is damaged (${String(verdict).replaceAll('\n', ' ')})`);
}

function pragma(
  database: DatabaseSync,
  name: 'application_id' | 'page_count' | 'page_size' | 'user_version',
): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** By SQLite's primary result codes: https://sqlite.org/rescode.html */
const WRONG: Readonly<Record<number, string>> = {
  3: 'cannot be opened',
  5: 'is locked by another program',
  8: 'cannot be written',
  10: 'cannot be read or written',
  11: 'is damaged',
  13: 'cannot be written',
  14: 'cannot be opened',
  26: 'is damaged',
};

function primaryCodeOf(error: unknown): number {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' ? code & 0xff : 0;
}

/**
 * SQLite's extended codes for what a full disk does beside SQLITE_FULL, a used-up quota for instance: writing, syncing
 * and truncating fail, and so does making the shared memory of the WAL longer.
 */
const NO_ROOM = new Set([
  778, // SQLITE_IOERR_WRITE
  1034, // SQLITE_IOERR_FSYNC
  1290, // SQLITE_IOERR_DIR_FSYNC
  1546, // SQLITE_IOERR_TRUNCATE
  4618, // SQLITE_IOERR_SHMOPEN
  4874, // SQLITE_IOERR_SHMSIZE
]);
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;

/** A full disk, or another program that holds the file's lock: neither says anything of what was to be written. */
function isOutOfReach(error: unknown): boolean {
  const primary = primaryCodeOf(error);
  if (primary === SQLITE_BUSY || primary === SQLITE_FULL) return true;
  return NO_ROOM.has((error as { errcode?: number }).errcode ?? 0);
}

/** @throws Unreachable instead of what SQLite throws for want of room or of a lock. */
function reaching<T>(database: DatabaseSync, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw isOutOfReach(error) ? new Unreachable(basename(database.location() ?? 'memory'), error) : error;
  }
}

type Row = Record<string, SQLOutputValue>;

/** A prepared statement that tells what cannot be reached from what is wrong. */
export class Statement {
  readonly #database: DatabaseSync;
  readonly #prepared: StatementSync;

  constructor(database: DatabaseSync, sql: string) {
    this.#database = database;
    this.#prepared = database.prepare(sql);
  }

  run(...values: SQLInputValue[]): ReturnType<StatementSync['run']> {
    return reaching(this.#database, () => this.#prepared.run(...values));
  }

  get(...values: SQLInputValue[]): Row | undefined {
    return reaching(this.#database, () => this.#prepared.get(...values));
  }

  all(...values: SQLInputValue[]): Row[] {
    return reaching(this.#database, () => this.#prepared.all(...values));
  }

  *iterate(...values: SQLInputValue[]): Generator<Row, void> {
    const rows = reaching(this.#database, () => this.#prepared.iterate(...values));
    try {
      for (;;) {
        const next = reaching(this.#database, () => rows.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      rows.return?.();
    }
  }
}

/** Prepares each of the named statements, once for the life of the database. */
export function prepareAll<Name extends string>(
  database: DatabaseSync,
  texts: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Statement>> {
  const entries = Object.entries<string>(texts).map(([name, sql]) => [name, new Statement(database, sql)]);
  return Object.fromEntries(entries) as Record<Name, Statement>;
}

/** Runs the body in one transaction: all of its writes are committed, or none when it throws. */
export function transaction<T>(database: DatabaseSync, body: () => T): T {
  reaching(database, () => database.exec('BEGIN IMMEDIATE'));
  try {
    const result = body();
    reaching(database, () => database.exec('COMMIT'));
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
