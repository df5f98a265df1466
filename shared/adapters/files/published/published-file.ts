/** A file as venues publish it in bulk, whatever it is packed in: its layout, and its rows in batches. */
import { basename } from 'node:path';
import { INTERVALS, isInterval, type Interval } from '../../../domain/candles/interval.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { BadPublishedFile } from './bad-published-file.ts';
import { openParquet } from './parquet-rows.ts';
import { layoutOfNames, layoutOfRow, type Layout, type PublishedKind } from './published-layout.ts';
import { readPublishedRow, type Cell, type PublishedRow } from './published-rows.ts';
import { publishedLines } from './text-lines.ts';

/** What the name of a file says: `BTCUSDT-1m-2024-08-09.zip`. null: it says nothing of that. */
export interface PublishedName {
  readonly symbol: string | null;
  readonly kind: PublishedKind | null;
  readonly interval: Interval | null;
  /** The day or the month that it has all of. */
  readonly period: { readonly fromMs: number; readonly toMs: number } | null;
}

export interface PublishedFile {
  readonly path: string;
  readonly name: PublishedName;
  readonly kind: PublishedKind;
  /** What a file of our own archive says; null: that is not said. */
  readonly instrumentId: InstrumentId | null;
  read(): AsyncGenerator<readonly ReadRow[]>;
}

/** `line`: where it stands, the first is 1. */
export type ReadRow =
  { readonly line: number; readonly row: PublishedRow } | { readonly line: number; readonly cause: string };

const NAME =
  /^([A-Z0-9]{2,40})-(?:(aggTrades|trades)|(\d{1,2}[smhdwMo]+))-(\d{4})-(\d\d)(?:-(\d\d))?\.(?:csv|zip|csv\.gz|parquet)$/;

/** @throws BadPublishedFile for an interval that no candle here has */
function readPublishedName(path: string): PublishedName {
  const [, symbol = null, tradeKind, interval, year, month, day] = NAME.exec(basename(path)) ?? [];
  if (interval !== undefined && !isInterval(interval))
    throw new BadPublishedFile(
      `${path}: its candles are of ${interval}, expected one of ${INTERVALS.join(', ')}`,
    );
  const kind = interval === undefined ? ((tradeKind as PublishedKind | undefined) ?? null) : 'klines';
  return { symbol, kind, interval: interval ?? null, period: periodOf(year, month, day) };
}

function periodOf(year?: string, month?: string, day?: string): PublishedName['period'] {
  if (year === undefined || month === undefined) return null;
  const [y, m] = [Number(year), Number(month) - 1];
  return day === undefined
    ? { fromMs: Date.UTC(y, m), toMs: Date.UTC(y, m + 1) }
    : { fromMs: Date.UTC(y, m, Number(day)), toMs: Date.UTC(y, m, Number(day) + 1) };
}

/** @throws BadPublishedFile for a file that is of none of the kinds that are published */
export async function openPublished(path: string): Promise<PublishedFile> {
  const name = readPublishedName(path);
  return path.endsWith('.parquet') ? openColumns(path, name) : openText(path, name);
}

async function openColumns(path: string, name: PublishedName): Promise<PublishedFile> {
  const parquet = await openParquet(path);
  const { names } = parquet;
  const layout = layoutOfNames(names);
  if (layout === null) throw unknownLayout(path, names.join(','));
  return {
    path,
    name,
    kind: layout.kind,
    instrumentId: parquet.instrumentId,
    async *read() {
      let line = 1;
      for await (const rows of parquet.read()) {
        yield rows.map((cells, n) => readRow(layout, cells, line + n));
        line += rows.length;
      }
    },
  };
}

async function openText(path: string, name: PublishedName): Promise<PublishedFile> {
  const head = await firstLine(path);
  if (head === null) throw new BadPublishedFile(`${path}: is empty`);
  const cells = head.split(',');
  const named = layoutOfNames(cells);
  const layout = named ?? layoutOfRow(cells);
  if (layout === null) throw unknownLayout(path, head);
  const hasHead = named !== null;
  return {
    path,
    name,
    kind: layout.kind,
    instrumentId: null,
    async *read() {
      let line = 1;
      for await (const lines of publishedLines(path)) {
        const from = line;
        line += lines.length;
        yield lines.flatMap((text, n) => {
          const isNoRow = text === '' || (hasHead && (from + n === 1 || text === head));
          return isNoRow ? [] : [readRow(layout, text.split(','), from + n)];
        });
      }
    },
  };
}

async function firstLine(path: string): Promise<string | null> {
  for await (const lines of publishedLines(path)) {
    const found = lines.find((line) => line !== '');
    if (found !== undefined) return found;
  }
  return null;
}

function readRow(layout: Layout, cells: readonly Cell[], line: number): ReadRow {
  const row = readPublishedRow(layout, cells);
  return typeof row === 'string' ? { line, cause: row } : { line, row };
}

const MAX_SHOWN_CHARACTERS = 60;

function unknownLayout(path: string, head: string): BadPublishedFile {
  return new BadPublishedFile(
    `${path}: expected the columns of klines, trades or aggTrades, got ${JSON.stringify(head.slice(0, MAX_SHOWN_CHARACTERS))}`,
  );
}
