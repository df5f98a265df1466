import type { ClickHouseClient } from '@clickhouse/client';
import type { RowRetention } from '../../contracts/retention.ts';
import { readRows, runStatement } from './requests.ts';

/** Nothing is rewritten to leave rows out: what is old goes with its part, at the latest with its month. */
const BY_PARTS = 'ttl_only_drop_parts = 1';

type Table = keyof RowRetention;

/** The column that the age of a row is counted from. */
const COUNTED_FROM: Readonly<Record<Table, string>> = {
  quotes: 'receivedAt',
  books: 'receivedAt',
  quality: 'time',
};

/** @returns the tables that keep their rows for longer or shorter than this; one that is still to be made keeps them for good. */
export async function pendingRetention(
  client: ClickHouseClient,
  retention: RowRetention,
): Promise<readonly Table[]> {
  const pending: Table[] = [];
  for (const [table, days] of Object.entries(retention) as [Table, number | null][])
    if ((await daysOf(client, table)) !== days) pending.push(table);
  return pending;
}

/**
 * Has the tables keep their rows for so long. Rows that are older go in the background.
 * @returns the tables of which that was changed.
 */
export async function applyRetention(
  client: ClickHouseClient,
  retention: RowRetention,
): Promise<readonly Table[]> {
  const pending = await pendingRetention(client, retention);
  for (const table of pending) {
    const days = retention[table];
    const changes =
      days === null
        ? ['REMOVE TTL']
        : [
            `MODIFY SETTING ${BY_PARTS}`,
            `MODIFY TTL toDateTime(${COUNTED_FROM[table]}) + toIntervalDay(${days})`,
          ];
    for (const change of changes) await runStatement(client, `ALTER TABLE millrace.${table} ${change}`);
  }
  return pending;
}

/** @returns null: its rows are kept for good. */
async function daysOf(client: ClickHouseClient, table: Table): Promise<number | null> {
  const [row] = await readRows(
    client,
    `SELECT extract(engine_full, 'TTL toDateTime\\(${COUNTED_FROM[table]}\\) \\+ toIntervalDay\\((\\d+)\\)')
     FROM system.tables WHERE database = 'millrace' AND name = {table: String}`,
    { table },
  );
  const days = String(row?.[0] ?? '');
  return days === '' ? null : Number(days);
}
