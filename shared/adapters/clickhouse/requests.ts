/** The ways in which the stores talk to ClickHouse. */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { LimitExceeded } from '../../ports/state-store.ts';

const MAX_ROWS_A_READ = 10_000;
/** Read beside what was asked for, so that the usual few repetitions cost no second question. */
const SPARE_ROWS = 32;
/** The last instant of DateTime64: later times, `Infinity` among them, mean the end of all time. */
const MAX_TIME_MS = Date.UTC(2299, 11, 31);

/** A row of a query in the order of its columns: integers as numbers, decimals and texts as strings. */
export type Row = readonly (string | number | boolean)[];

export const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
} as const;

/** @param rows in RowBinary, in the order of the columns. Resolves when they can be queried. */
export async function insertRows(
  client: ClickHouseClient,
  table: string,
  columns: readonly string[],
  rows: Uint8Array,
): Promise<void> {
  const result = await client.exec({
    query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
    values: Readable.from([rows]),
    clickhouse_settings: { async_insert: 0, input_format_parallel_parsing: 0 },
  });
  await finished(result.stream.resume());
}

export async function readRows(
  client: ClickHouseClient,
  query: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly Row[]> {
  const result = await client.query({
    query,
    query_params: { ...parameters },
    format: 'JSONCompactEachRow',
    clickhouse_settings: READ_SETTINGS,
  });
  return result.json<Row>();
}

/**
 * The first `limit` rows that differ from the one before. Repetitions (rows inserted twice, earlier revisions) lie side
 * by side and are few, so they are left out here: `LIMIT BY` and `FINAL` would read the whole range for a few rows.
 * @param read gives the first `count` rows in their order.
 */
export async function readDistinct<T>(
  read: (count: number) => Promise<readonly T[]>,
  isRepetition: (previous: T, row: T) => boolean,
  limit: number,
): Promise<T[]> {
  for (let count = limit + SPARE_ROWS; ; count *= 2) {
    const rows = await read(count);
    const distinct = rows.filter((row, i) => i === 0 || !isRepetition(rows[i - 1]!, row));
    if (distinct.length >= limit || rows.length < count) return distinct.slice(0, limit);
  }
}

/** @throws LimitExceeded for less than 1 or more than 10,000 rows */
export function checkReadLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_ROWS_A_READ) return;
  throw new LimitExceeded(`a read gives 1 to ${MAX_ROWS_A_READ} rows, not ${limit}`);
}

/** An instant that DateTime64 can hold. */
export function readableTimeMs(timeMs: number): number {
  return Math.trunc(Math.min(Math.max(timeMs, 0), MAX_TIME_MS));
}

/** A text as a literal of ClickHouse's SQL. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

export function timeLiteral(timeMs: number): string {
  return `fromUnixTimestamp64Milli(${timeMs}, 'UTC')`;
}

/** Cuts a list so that no question about it gets longer than the server reads. */
export function* slices<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < values.length; i += size) yield values.slice(i, i + size);
}
