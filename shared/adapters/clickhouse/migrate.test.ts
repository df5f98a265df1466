import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { runningClickHouse } from '../../../test/support/running-clickhouse.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { migrate, MigrationRefused } from './migrate.ts';
import { readRows } from './requests.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations/', import.meta.url));

describe('migrate', () => {
  const client = runningClickHouse();
  let folder: string;

  beforeEach(async () => {
    await client().command({ query: 'DROP DATABASE IF EXISTS millrace' });
    folder = join(temporaryFolder(), 'migrations');
    cpSync(MIGRATIONS, folder, { recursive: true });
  });

  const tables = async (): Promise<unknown[]> => {
    const rows = await readRows(
      client(),
      "SELECT name FROM system.tables WHERE database = 'millrace' ORDER BY name",
      {},
    );
    return rows.map(([name]) => name).filter((name) => name !== 'schema_migrations');
  };
  const up = (version: number, name: string) => ({ version, name, direction: 'up' });
  const down = (version: number, name: string) => ({ version, name, direction: 'down' });
  const names = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.up.sql'))
    .sort()
    .map((name) => name.slice('0000-'.length, -'.up.sql'.length));
  const ups = names.map((name, i) => up(i + 1, name));
  const downs = names.map((name, i) => down(i + 1, name)).reverse();

  it('brings an empty server to the newest version, and then has nothing to do', async () => {
    expect(await migrate(client())).toEqual(ups);
    expect(await tables()).toEqual(['books', 'candles', 'quality', 'quotes', 'trades']);
    expect(await migrate(client())).toEqual([]);
  });

  it('goes to the version asked for, down and up again, as often as one likes', async () => {
    for (let round = 0; round < 2; round++) {
      expect(await migrate(client(), { to: 1 })).toEqual(round === 0 ? ups.slice(0, 1) : downs.slice(0, -1));
      expect(await tables()).toEqual(['trades']);
      expect(await migrate(client())).toEqual(ups.slice(1));
    }
    expect(await migrate(client(), { to: 0 })).toEqual(downs);
    expect(await tables()).toEqual([]);
    expect(await migrate(client())).toEqual(ups);
  });

  it('keeps what is in the tables when there is nothing to do', async () => {
    await migrate(client());
    await client().command({
      query: `INSERT INTO millrace.trades (instrumentId, time, tradeId, price, quantity, takerSide, receivedAt)
        SELECT 'a:B-C', now64(3), 1, 1, 1, 'BUY', now64(3)`,
    });
    await migrate(client());
    expect(await readRows(client(), 'SELECT count() FROM millrace.trades', {})).toEqual([[1]]);
  });

  it('goes on where a killed migration stopped, between a statement and its record', async () => {
    await migrate(client(), { to: 1 });
    for (const { version, name } of ups.slice(1)) {
      const text = readFileSync(join(MIGRATIONS, `000${version}-${name}.up.sql`), 'utf8');
      await client().command({ query: text.replace(/;\s*$/, '') });
    }
    expect(await migrate(client())).toEqual(ups.slice(1));
    for (const { version, name } of downs) {
      const text = readFileSync(join(MIGRATIONS, `000${version}-${name}.down.sql`), 'utf8');
      for (let time = 0; time < 2; time++) await client().command({ query: text.replace(/;\s*$/, '') });
      await migrate(client(), { to: version - 1 });
    }
  });

  it('refuses a migration that was changed after it was applied, and does nothing', async () => {
    await migrate(client(), { folder, to: 1 });
    writeFileSync(join(folder, '0001-create-trades.up.sql'), 'SELECT 1;\n');
    await expect(migrate(client(), { folder })).rejects.toThrow(MigrationRefused);
    await expect(migrate(client(), { folder })).rejects.toThrow(
      '0001-create-trades.up.sql was changed after it was applied',
    );
    expect(await tables()).toEqual(['trades']);
  });

  it('refuses a database of a newer program', async () => {
    await migrate(client());
    const newest = names.length;
    rmSync(join(folder, `${String(newest).padStart(4, '0')}-${names.at(-1)!}.up.sql`));
    await expect(migrate(client(), { folder })).rejects.toThrow(
      `the database has version ${newest}, this program knows ${newest - 1}`,
    );
  });

  it('refuses a version that does not exist, and a folder with a gap', async () => {
    await expect(migrate(client(), { to: 99 })).rejects.toThrow(
      `migrations: no version 99, the newest is ${names.length}`,
    );
    rmSync(join(folder, '0001-create-trades.up.sql'));
    await expect(migrate(client(), { folder })).rejects.toThrow(
      'expected version 1, found 0002-create-candles.up.sql',
    );
  });
});
