import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { createClickHouse, type ClickHouseAddress } from '../../shared/adapters/clickhouse/client.ts';
import { migrate, MigrationRefused, type MigrationStep } from '../../shared/adapters/clickhouse/migrate.ts';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { log } from '../../shared/runtime/log.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { folder, httpUrl, integer, text } from '../command-line/option-values.ts';
import { optional, withDefault } from '../command-line/options.ts';

const PASSWORD_VARIABLE = 'CLICKHOUSE_PASSWORD';
const MAX_VERSION = 9_999;
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

export const command = defineCommand({
  description:
    'Prints the steps that were made: none when the schema is there already. A data folder is migrated by start as\n' +
    'well; a server on AWS is migrated by this command, before its functions are deployed. Its password is read from\n' +
    `the variable ${PASSWORD_VARIABLE}.`,
  options: {
    dataDir: withDefault(folder, './.millrace', 'the data folder to migrate; nothing may be running on it'),
    url: optional(httpUrl, 'a ClickHouse server to migrate instead'),
    user: withDefault(text('NAME'), 'default', 'its user'),
    to: optional(
      integer(0, MAX_VERSION),
      'the version to end at, down to 0 (which drops everything); the newest without it',
    ),
  },
  examples: [
    { line: 'npx millrace migrate --data-dir ./run-1', what: 'brings a data folder up to date' },
    {
      line: `${PASSWORD_VARIABLE}=… npx millrace migrate --url https://clickhouse.example:8443`,
      what: 'a server',
    },
  ],
  run: async ({ dataDir, url, user, to }, io) => {
    const password = process.env[PASSWORD_VARIABLE];
    const steps =
      url === null
        ? await dataFolderErrors(async () => migrateFolder(dataDir, to))
        : await migrateServer({ url, username: user, ...(password === undefined ? {} : { password }) }, to);
    io.print(steps);
    return EXIT_DONE;
  },
});

async function migrateFolder(dataDir: string, to: number | null): Promise<readonly MigrationStep[]> {
  const data = openDataFolder(dataDir, { mustExist: true });
  try {
    const server = await startClickHouse({ dataDir: data.clickhouse, log });
    try {
      return await migrateServer({ url: server.url }, to);
    } finally {
      await server.stop({ fast: true });
    }
  } finally {
    data.close();
  }
}

async function migrateServer(
  address: ClickHouseAddress,
  to: number | null,
): Promise<readonly MigrationStep[]> {
  const client = createClickHouse(address);
  try {
    return await migrate(client, to === null ? {} : { to });
  } catch (error) {
    if (error instanceof MigrationRefused) throw new BadInput(error.message, { cause: error });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && UNREACHABLE.has(code)) {
      throw new BadInput(`--url: expected a ClickHouse server at ${address.url}, got ${code}`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    await client.close();
  }
}
