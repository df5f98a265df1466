/** What is missing from a data folder would be made anew and look like a folder in which nothing ever happened. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { readRows } from '../shared/adapters/clickhouse/requests.ts';
import { CorruptDataFolder } from '../shared/adapters/embedded/corrupt-data-folder.ts';
import type { DataFolder } from '../shared/adapters/embedded/data-folder.ts';
import { ClickHouseFailed } from './clickhouse-server/start-clickhouse.ts';

const MAX_REASON_CHARACTERS = 200;

/** The state is made before the log, whoever is killed in between. @throws CorruptDataFolder */
export function refuseLostState({ stateDatabase, logDatabase }: DataFolder): void {
  if (isEmpty(stateDatabase) && !isEmpty(logDatabase))
    throw new CorruptDataFolder(stateDatabase, 'is missing or empty, and its log is there');
}

/** The first item is written when everything else has been made. @throws CorruptDataFolder */
export function refuseLostLog({ logDatabase }: DataFolder, state: DatabaseSync): void {
  if (isEmpty(logDatabase) && holdsItems(state))
    throw new CorruptDataFolder(logDatabase, 'is missing or empty, and its state is there');
}

function isEmpty(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function holdsItems(state: DatabaseSync): boolean {
  return state.prepare('SELECT 1 FROM items LIMIT 1').get() !== undefined;
}

/**
 * ClickHouse sets parts that it cannot read aside when it starts, says nothing, and answers without their rows.
 * @throws CorruptDataFolder
 */
export async function refuseLostRows(
  clickHouse: ClickHouseClient,
  { clickhouse: path }: DataFolder,
  state: DatabaseSync,
): Promise<void> {
  const lost = await lostParts(clickHouse);
  if (lost.length > 0)
    throw new CorruptDataFolder(
      path,
      `is damaged: rows of ${lost.join(', ')} cannot be read and were set aside under store/store/*/*/detached`,
    );
  if (!holdsItems(state)) return;
  const tables = await readRows(clickHouse, "SELECT 1 FROM system.tables WHERE database = 'millrace'", {});
  if (tables.length === 0) throw new CorruptDataFolder(path, 'is missing or empty, and its state is there');
}

/**
 * A part that was merged into a larger one is removed file by file, and whoever is killed meanwhile leaves a part that
 * cannot be read: its rows are in the larger one, and nothing is lost.
 * @returns the tables of those whose rows are nowhere else
 */
async function lostParts(clickHouse: ClickHouseClient): Promise<string[]> {
  const broken = await readParts(
    clickHouse,
    "system.detached_parts WHERE database = 'millrace' AND reason LIKE '%broken%'",
  );
  if (broken.length === 0) return [];
  const active = await readParts(clickHouse, "system.parts WHERE database = 'millrace' AND active");
  const lost = broken.filter((part) => !active.some((other) => covers(other, part)));
  return [...new Set(lost.map(([table]) => table))].sort();
}

type Part = readonly [table: string, partition: string, firstBlock: number, lastBlock: number];

async function readParts(clickHouse: ClickHouseClient, source: string): Promise<readonly Part[]> {
  const columns = 'table, partition_id, min_block_number, max_block_number';
  return (await readRows(clickHouse, `SELECT ${columns} FROM ${source}`, {})) as unknown as readonly Part[];
}

function covers([table, partition, first, last]: Part, part: Part): boolean {
  return table === part[0] && partition === part[1] && first <= part[2] && last >= part[3];
}

/** @throws CorruptDataFolder where ClickHouse itself, and not the way to it, is what fails */
export async function clickHouseDamage<T>(
  { clickhouse: path }: DataFolder,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failed = error instanceof ClickHouseError || (error instanceof ClickHouseFailed && error.saidWhy);
    if (!failed) throw error;
    const reason = error.message.replaceAll(/\s+/g, ' ').slice(0, MAX_REASON_CHARACTERS);
    throw new CorruptDataFolder(path, `cannot be opened (${reason})`, { cause: error });
  }
}
