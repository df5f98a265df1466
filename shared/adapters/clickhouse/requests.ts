/** The ways in which the stores talk to ClickHouse. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { ResultSet, type BaseQueryParams, type ClickHouseClient, type ExecResult } from '@clickhouse/client';
import { MAX_ROWS_A_READ } from '../../ports/read-limit.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { reachingClickHouse, refusalOf } from './reach.ts';

/** Read beside what was asked for, so that the usual few repetitions cost no second question. */
const SPARE_ROWS = 32;
/** The last instant of DateTime64: later times, `Infinity` among them, mean the end of all time. */
const MAX_TIME_MS = Date.UTC(2299, 11, 31);

/** A row of a query in the order of its columns: integers as numbers, decimals and texts as strings. */
export type Row = readonly (string | number | boolean)[];

const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
} as const;

/**
 * How long a question about what is stored and the insert of the rest may take together: less than a function has, so
 * that a server that hangs is what the function hears of before its own time is up.
 */
const INSERT_TIMEOUT_MS = 4_000;

/** The deadline of one insert with all that belongs to it. */
export function insertDeadline(): AbortSignal {
  return AbortSignal.timeout(INSERT_TIMEOUT_MS);
}

/**
 * An insert that was not answered may land all the same, also after the next attempt has begun: whoever repeats it
 * asks first which rows are there, and readers leave out a row that is there twice.
 * @param rows in RowBinary, in the order of the columns. Resolves when they can be queried.
 */
export async function insertRows(
  client: ClickHouseClient,
  table: string,
  columns: readonly string[],
  rows: Uint8Array,
  deadline: AbortSignal,
): Promise<void> {
  await reachingClickHouse(async () => {
    const { stream } = await ask(client, {
      query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
      values: Readable.from([rows]),
      clickhouse_settings: { async_insert: 0, input_format_parallel_parsing: 0 },
      abort_signal: deadline,
    });
    await finished(stream.resume());
  }, deadline);
}

/** A statement that answers nothing. */
export async function runStatement(
  client: ClickHouseClient,
  query: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await reachingClickHouse(async () => {
    const { stream } = await ask(client, { query, query_params: { ...parameters } });
    await finished(stream.resume());
  });
}

export async function readRows(
  client: ClickHouseClient,
  query: string,
  parameters: Readonly<Record<string, unknown>>,
  deadline?: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  await streamRows(client, query, (row) => rows.push(row), { parameters, deadline });
  return rows;
}

/** Rows one by one: memory stays flat however many there are. */
export async function streamRows(
  client: ClickHouseClient,
  query: string,
  onRow: (row: Row) => void,
  options: {
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly deadline?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  const { parameters = {}, deadline } = options;
  await reachingClickHouse(async () => {
    const { stream, query_id, response_headers } = await ask(client, {
      query: `${query} FORMAT ${ROW_FORMAT}`,
      query_params: { ...parameters },
      clickhouse_settings: READ_SETTINGS,
      ...(deadline === undefined ? {} : { abort_signal: deadline }),
    });
    const result = new ResultSet(stream, ROW_FORMAT, query_id, ignoreLogged, response_headers);
    for await (const rows of result.stream<Row>()) {
      for (const row of rows) onRow(row.json());
    }
  }, deadline);
}

const ROW_FORMAT = 'JSONCompactEachRow';

/** What a result set would log comes out of its stream as well. */
function ignoreLogged(): void {}

interface Request extends BaseQueryParams {
  readonly query: string;
  readonly values?: Readable;
}

/** The client's other ways of asking keep the status of a refusal to themselves. */
async function ask(client: ClickHouseClient, request: Request): Promise<ExecResult<Readable>> {
  const answer = await client.exec({ ...request, ignore_error_response: true });
  const { http_status_code: status = 200, response_headers } = answer;
  if (status < 400 && response_headers['x-clickhouse-exception-code'] === undefined) return answer;
  throw refusalOf(status, await text(answer.stream));
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
