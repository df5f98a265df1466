import { existsSync } from 'node:fs';
import { startClickHouse } from '../../embedded/clickhouse-server/start-clickhouse.ts';
import { clickHouseDamage, refuseLostRows } from '../../embedded/storage-damage.ts';
import { createClickHouse, type ClickHouseAddress } from '../../shared/adapters/clickhouse/client.ts';
import { migrate, MigrationRefused, type MigrationStep } from '../../shared/adapters/clickhouse/migrate.ts';
import { applyRetention } from '../../shared/adapters/clickhouse/retention.ts';
import { openDataFolder, type DataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { STATE_SCHEMA } from '../../shared/adapters/embedded/state-database.ts';
import { RETENTION, RETENTION_NAMES, type RetentionName } from '../../shared/contracts/retention.ts';
import { log } from '../../shared/runtime/log.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { PASSWORD_VARIABLE, serverAddress, serverError } from '../command-line/clickhouse-server.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { folderToChange, onlyFolder } from '../command-line/data-folders.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { choice, httpUrl, integer, text } from '../command-line/option-values.ts';
import { optional, withDefault } from '../command-line/options.ts';

const MAX_VERSION = 9_999;

export const command = defineCommand({
  description:
    'Prints the steps that were made: none when the schema is there already. A data folder is migrated by start as\n' +
    'well; a server on AWS is migrated by this command, before its functions are deployed. Its password is read from\n' +
    `the variable ${PASSWORD_VARIABLE}.`,
  options: {
    dataDir: folderToChange('the data folder to migrate; nothing may be running on it'),
    url: optional(httpUrl, 'a ClickHouse server to migrate instead'),
    user: withDefault(text('NAME'), 'default', 'its user'),
    to: optional(
      integer(0, MAX_VERSION),
      'the version to end at, down to 0 (which drops everything); the newest without it',
    ),
    keep: optional(
      choice(RETENTION_NAMES),
      'keeps quotes, books and the log of quality for as long as this stage does; without it nothing changes, and a data folder keeps all',
    ),
  },
  examples: [
    { line: 'npx millrace migrate --data-dir ./run-1', what: 'brings a data folder up to date' },
    {
      line: `${PASSWORD_VARIABLE}=… npx millrace migrate --url https://clickhouse.example:8443`,
      what: 'a server',
    },
  ],
  run: async ({ dataDir, url, user, to, keep }, io) => {
    if (keep !== null && to !== null)
      throw new BadInput('--keep: expected without --to, of the newest version');
    io.print(
      url === null
        ? await dataFolderErrors(async () => migrateFolder(onlyFolder(dataDir, io), { to, keep }))
        : await migrateUrl(url, user, { to, keep }),
    );
    return EXIT_DONE;
  },
});

interface Asked {
  readonly to: number | null;
  readonly keep: RetentionName | null;
}

async function migrateFolder(dataDir: string, asked: Asked): Promise<readonly MigrationStep[]> {
  const data = openDataFolder(dataDir, { mustExist: true });
  try {
    return await clickHouseDamage(data, async () => {
      const server = await startClickHouse({ dataDir: data.clickhouse, log });
      try {
        await refuseLoss(data, server.address);
        return await migrateServer(server.address, asked);
      } finally {
        await server.stop({ fast: true });
      }
    });
  } finally {
    data.close();
  }
}

/** Tables made anew would hide that there were others. */
async function refuseLoss(data: DataFolder, address: ClickHouseAddress): Promise<void> {
  if (!existsSync(data.stateDatabase)) return;
  const state = openDatabase(data.stateDatabase, STATE_SCHEMA);
  const client = createClickHouse(address);
  try {
    await refuseLostRows(client, data, state);
  } finally {
    await client.close();
    state.close();
  }
}

async function migrateUrl(url: string, user: string, asked: Asked): Promise<readonly MigrationStep[]> {
  try {
    return await migrateServer(serverAddress(url, user), asked);
  } catch (error) {
    throw serverError(url, user, error);
  }
}

async function migrateServer(
  address: ClickHouseAddress,
  { to, keep }: Asked,
): Promise<readonly MigrationStep[]> {
  const client = createClickHouse(address);
  try {
    const steps = await migrate(client, to === null ? {} : { to });
    if (keep !== null) await applyRetention(client, RETENTION[keep].rows);
    return steps;
  } catch (error) {
    if (error instanceof MigrationRefused) throw new BadInput(error.message, { cause: error });
    throw error;
  } finally {
    await client.close();
  }
}
