/** The rows of a Parquet file, some thousands at a time. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { BadPublishedFile } from './bad-published-file.ts';
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
  read(): AsyncGenerator<readonly (readonly Cell[])[]>;
}

/** @throws BadPublishedFile */
export async function openParquet(path: string): Promise<ParquetRows> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    return {
      names,
      async *read() {
        const count = Number(metadata.num_rows);
        for (let rowStart = 0; rowStart < count; rowStart += ROWS_AT_ONCE) {
          const rowEnd = Math.min(count, rowStart + ROWS_AT_ONCE);
          const rows = await damage(path, async () =>
            parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }),
          );
          yield rows.map((row) => names.map((name) => row[name] as Cell));
        }
      },
    };
  } catch (error) {
    throw error instanceof BadPublishedFile ? error : unreadable(path, error);
  }
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
