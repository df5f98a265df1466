/**
 * Candle files: CSV `openTimeMs,open,high,low,close,volume`, plain or gzip, oldest first; a last column `flags` may name what is
 * said against a candle, with spaces in between.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DECIMAL_PLACES, decimalFromNumber, toNumber } from '../../domain/decimal.ts';
import type { CandleSeries } from '../../domain/candles/candle-series.ts';
import {
  QUALITY_FLAGS,
  qualityOf,
  UNFLAGGED,
  type QualityFlag,
} from '../../domain/market-data/quality-flags.ts';
import { fileErrorReason } from './file-error.ts';
import { MAX_TIME_MS } from '../../domain/market-data/time-bound.ts';

/** One line: which file, which line, what was expected. */
export class BadCandleFile extends Error {
  override readonly name = 'BadCandleFile';
}

export interface CandleFile {
  readonly series: CandleSeries;
  readonly sha256: string;
}

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const;
const FLAGS_COLUMN = 'flags';
const MAX_BYTES = 1024 ** 3;
const GZIP_MAGIC = 0x1f8b;

export async function readCandleFile(path: string): Promise<CandleFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new BadCandleFile(
      `${path}: cannot be read (${fileErrorReason(error) ?? (error as Error).message})`,
    );
  });
  const text =
    bytes.length >= 2 && bytes.readUInt16BE(0) === GZIP_MAGIC
      ? await unzip(path, bytes)
      : bytes.toString('utf8');
  return { series: parseCandles(path, text), sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function unzip(path: string, bytes: Buffer): Promise<string> {
  try {
    return (await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES })).toString('utf8');
  } catch (error) {
    throw new BadCandleFile(`${path}: not a whole gzip file (${(error as Error).message})`);
  }
}

function parseCandles(path: string, text: string): CandleSeries {
  const header = COLUMNS.join(',');
  const lines = text.split('\n');
  if (text.trim() === '') throw new BadCandleFile(`${path}: is empty, expected the header ${header}`);
  const hasFlags = lines[0]!.trim() === `${header},${FLAGS_COLUMN}`;
  if (!hasFlags && lines[0]!.trim() !== header)
    throw new BadCandleFile(`${path}: line 1: expected the header ${header}, got ${shown(lines[0]!)}`);
  while (lines.length > 1 && lines.at(-1)!.trim() === '') lines.pop();
  const length = lines.length - 1;
  if (length === 0) throw new BadCandleFile(`${path}: has no candles behind its header`);
  const columns = COLUMNS.map(() => new Float64Array(length));
  const quality = hasFlags ? new Uint32Array(length) : null;
  for (let i = 0; i < length; i++) {
    const line = lines[i + 1]!;
    if (quality !== null) quality[i] = parseFlags(`${path}: line ${i + 2}`, line);
    parseLine(path, quality === null ? line : line.slice(0, line.lastIndexOf(',')), i, columns);
  }
  const [openTimeMs, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const series = { length, openTimeMs, open, high, low, close, volume };
  return quality === null ? series : { ...series, quality };
}

function parseFlags(where: string, line: string): number {
  const fields = line.trimEnd().split(',');
  if (fields.length !== COLUMNS.length + 1)
    throw new BadCandleFile(`${where}: expected ${COLUMNS.length + 1} fields, got ${fields.length}`);
  const names = fields
    .at(-1)!
    .split(' ')
    .filter((name) => name !== '');
  const unknown = names.find((name) => !QUALITY_FLAGS.includes(name as QualityFlag));
  if (unknown !== undefined)
    throw new BadCandleFile(`${where}: flags: expected ${QUALITY_FLAGS.join(', ')}, got ${shown(unknown)}`);
  return names.length === 0 ? UNFLAGGED : qualityOf(...(names as QualityFlag[]));
}

function parseLine(path: string, line: string, i: number, columns: readonly Float64Array[]): void {
  const where = `${path}: line ${i + 2}`;
  const fields = line.trimEnd().split(',');
  if (fields.length !== COLUMNS.length)
    throw new BadCandleFile(`${where}: expected ${COLUMNS.length} fields, got ${fields.length}`);
  fields.forEach((field, column) => {
    const value = parseNumber(field);
    if (value === null)
      throw new BadCandleFile(`${where}: ${COLUMNS[column]}: expected a number, got ${shown(field)}`);
    columns[column]![i] = value;
  });
  const [time, open, high, low, close, volume] = columns.map((column) => column[i]!) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Some venues' files have microseconds by now.
  if (!Number.isSafeInteger(time) || time < 0 || time >= MAX_TIME_MS) {
    throw new BadCandleFile(
      `${where}: openTimeMs: expected milliseconds since the epoch, before the year 2100`,
    );
  }
  if (i > 0 && time <= columns[0]![i - 1]!) {
    throw new BadCandleFile(
      `${where}: candles are not in order: ${time} does not follow ${columns[0]![i - 1]!}`,
    );
  }
  if (!(low > 0 && low <= open && low <= close && high >= open && high >= close)) {
    throw new BadCandleFile(`${where}: expected 0 < low ≤ open, close ≤ high`);
  }
  if (high > MAX_PRICE) throw new BadCandleFile(`${where}: high: expected at most ${MAX_PRICE}`);
  if (volume < 0) throw new BadCandleFile(`${where}: volume: expected zero or more`);
}

/** Ten times this and the amounts of a backtest would outgrow a decimal. */
const MAX_PRICE = 1e15;
const MAX_SHOWN_CHARACTERS = 60;

/** A file of something else may be one line of a gigabyte. */
function shown(text: string): string {
  const line = text.trimEnd();
  return JSON.stringify(
    line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line,
  );
}

const PLAIN_NUMBER = /^-?\d+(?:\.(\d+))?(?:[eE][-+]?\d+)?$/;

/** Prices of these files carry float noise (0.09946999000000001): a price has at most 12 places. */
function parseNumber(field: string): number | null {
  const match = PLAIN_NUMBER.exec(field);
  if (match === null) return null;
  const value = Number(field);
  if (!Number.isFinite(value)) return null;
  const mayBeNoise = (match[1]?.length ?? 0) > DECIMAL_PLACES || /e/i.test(field);
  return mayBeNoise ? toNumber(decimalFromNumber(value)) : value;
}
