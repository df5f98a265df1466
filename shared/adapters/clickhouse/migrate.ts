import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { readRows, runStatement } from './requests.ts';

/** The schema cannot be brought to where it was asked to be. The message is one line. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

export interface MigrationStep {
  readonly version: number;
  /** As in the file name: `create-trades`. */
  readonly name: string;
  readonly direction: 'up' | 'down';
}

export interface MigrateOptions {
  /** The version to end at, 0 for none; the newest when left out. */
  readonly to?: number;
  /** Where the `0001-name.up.sql` and `.down.sql` files lie. */
  readonly folder?: string;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of `up`. */
  readonly checksum: string;
}

const FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url));
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.(up|down)\.sql$/;

/**
 * Brings the schema up or down to a version. Statements are written so that one which was cut short can run again, and
 * each step is recorded when it is done, so a migration that was killed goes on where it was.
 * @returns the steps that were made, in order: none when the schema is there already.
 * @throws MigrationRefused when an applied migration has changed since, or is not known here.
 */
export async function migrate(
  client: ClickHouseClient,
  options: MigrateOptions = {},
): Promise<readonly MigrationStep[]> {
  const known = readMigrations(options.folder ?? FOLDER);
  const to = options.to ?? known.at(-1)?.version ?? 0;
  if (to !== 0 && !known.some((migration) => migration.version === to)) {
    throw new MigrationRefused(`migrations: no version ${to}, the newest is ${known.at(-1)?.version ?? 0}`);
  }
  await createHistory(client);
  const applied = await readApplied(client);
  refuseForeign(known, applied);
  const steps = [
    ...known
      .filter(({ version }) => version <= to && !applied.has(version))
      .map((migration) => ({ migration, direction: 'up' as const })),
    ...known
      .filter(({ version }) => version > to && applied.has(version))
      .map((migration) => ({ migration, direction: 'down' as const }))
      .reverse(),
  ];
  for (const { migration, direction } of steps) await make(client, migration, direction);
  return steps.map(({ migration, direction }) => ({
    version: migration.version,
    name: migration.name,
    direction,
  }));
}

/**
 * What `migrate` would make, without a trace of having asked.
 * @throws MigrationRefused as `migrate` would.
 */
export async function pendingMigrations(
  client: ClickHouseClient,
  folder = FOLDER,
): Promise<readonly MigrationStep[]> {
  const known = readMigrations(folder);
  const history = `SELECT count() FROM system.tables WHERE database = 'millrace' AND name = 'schema_migrations'`;
  const [[tables] = []] = await readRows(client, history, {});
  const applied = Number(tables) === 0 ? new Map<number, string>() : await readApplied(client);
  refuseForeign(known, applied);
  return known
    .filter(({ version }) => !applied.has(version))
    .map(({ version, name }) => ({ version, name, direction: 'up' }));
}

function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder).flatMap((file) => {
    const match = FILE_NAME.exec(file);
    return match === null ? [] : [{ version: Number(match[1]), name: match[2]!, direction: match[3]!, file }];
  });
  const ups = files.filter((file) => file.direction === 'up').sort((a, b) => a.version - b.version);
  return ups.map(({ version, name, file }, i) => {
    if (version !== i + 1) throw new MigrationRefused(`migrations: expected version ${i + 1}, found ${file}`);
    const up = readFileSync(join(folder, file), 'utf8');
    const down = readFileSync(join(folder, file.replace('.up.sql', '.down.sql')), 'utf8');
    return { version, name, up, down, checksum: createHash('sha256').update(up).digest('hex') };
  });
}

/** The database takes the server's own engine: Atomic, or what ClickHouse Cloud shares among its replicas. */
async function createHistory(client: ClickHouseClient): Promise<void> {
  await runStatement(client, 'CREATE DATABASE IF NOT EXISTS millrace');
  await runStatement(
    client,
    `CREATE TABLE IF NOT EXISTS millrace.schema_migrations
      (
        step UInt32,
        version UInt32,
        name String,
        direction Enum8('up' = 1, 'down' = 2),
        checksum String,
        appliedAt DateTime64(3, 'UTC') DEFAULT now64(3)
      )
      ENGINE = MergeTree ORDER BY step`,
  );
}

/** @returns version → checksum of what is applied. */
async function readApplied(client: ClickHouseClient): Promise<Map<number, string>> {
  const query = `SELECT version, argMax(checksum, step) FROM millrace.schema_migrations
    GROUP BY version HAVING argMax(direction, step) = 'up' ORDER BY version`;
  const rows = await readRows(client, query, {});
  return new Map(rows.map(([version, checksum]) => [Number(version), String(checksum)]));
}

function refuseForeign(known: readonly Migration[], applied: ReadonlyMap<number, string>): void {
  for (const [version, checksum] of applied) {
    const migration = known.find((candidate) => candidate.version === version);
    if (migration === undefined) {
      throw new MigrationRefused(
        `migrations: the database has version ${version}, this program knows ${known.length}`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new MigrationRefused(`migrations: ${fileNameOf(migration)} was changed after it was applied`);
    }
  }
}

function fileNameOf({ version, name }: Migration): string {
  return `${String(version).padStart(4, '0')}-${name}.up.sql`;
}

async function make(client: ClickHouseClient, migration: Migration, direction: 'up' | 'down'): Promise<void> {
  for (const query of statementsOf(migration[direction])) await runStatement(client, query);
  const { version, name, checksum } = migration;
  await runStatement(
    client,
    `INSERT INTO millrace.schema_migrations (step, version, name, direction, checksum)
      SELECT max(step) + 1, {version: UInt32}, {name: String}, {direction: String}, {checksum: String} FROM millrace.schema_migrations`,
    { version, name, direction, checksum },
  );
}

/** ClickHouse takes one statement a request. A semicolon at the end of a line ends one; comments have lines of their own. */
function statementsOf(sql: string): string[] {
  const withoutComments = sql.replace(/^\s*--.*$/gm, '');
  return withoutComments.split(/;\s*$/m).filter((statement) => statement.trim() !== '');
}
