/** The rows of a Parquet file, some thousands at a time. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { noteOf } from '../trade-archive/trade-part.ts';
import { BadPublishedFile } from './bad-published-file.ts';
import { takeDecimals, type DecimalTexts } from './exact-decimals.ts';
import type { Cell } from './published-rows.ts';

const ROWS_AT_ONCE = 20_000;

/** Snappy is the reader's own; the rest is Node's. */
const compressors = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
};

export interface ParquetRows {
  readonly names: readonly string[];
  /** Of which its rows are, where it is one of our own archive. */
  readonly instrumentId: InstrumentId | null;
  read(): AsyncGenerator<readonly (readonly Cell[])[]>;
}

/** @throws BadPublishedFile */
export async function openParquet(path: string): Promise<ParquetRows> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const instrumentId = noteOf(metadata)?.instrumentId ?? null;
    const decimals = takeDecimals(metadata);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    return {
      names,
      instrumentId,
      async *read() {
        const count = Number(metadata.num_rows);
        for (let rowStart = 0; rowStart < count; rowStart += ROWS_AT_ONCE) {
          const rowEnd = Math.min(count, rowStart + ROWS_AT_ONCE);
          const rows = await damage(path, async () =>
            parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }),
          );
          yield rows.map((row) => names.map((name) => cellOf(row, name, decimals)));
        }
      },
    };
  } catch (error) {
    throw error instanceof BadPublishedFile ? error : unreadable(path, error);
  }
}

function cellOf(row: Readonly<Record<string, unknown>>, name: string, decimals: DecimalTexts): Cell {
  const value = row[name];
  return value === null || value === undefined ? undefined : (decimals.get(name)?.(value) ?? (value as Cell));
}

async function damage<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): BadPublishedFile {
  const { message } = error as Error;
  return new BadPublishedFile(`${path}: is no Parquet file that can be read (${message.split('\n', 1)[0]})`);
}
