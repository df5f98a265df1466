/** The lines of a published CSV: as it is, compressed by gzip, or in a zip archive. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { crc32, createGunzip } from 'node:zlib';
import * as yauzl from 'yauzl';
import { fileErrorReason } from '../file-error.ts';
import { BadPublishedFile } from './bad-published-file.ts';

const NEWLINE = 0x0a;
/** Far longer than any row: a file of something else may be one line of gigabytes. */
const MAX_LINE_BYTES = 4096;
/** A zip that is published has one; more than this is something else. */
const MAX_ENTRIES = 1000;

/** Batches of lines, without their ends. @throws BadPublishedFile for a file that is damaged or cut short */
export async function* publishedLines(path: string): AsyncGenerator<readonly string[]> {
  try {
    if (path.endsWith('.zip')) yield* zipLines(path);
    else if (path.endsWith('.gz')) yield* linesOf(gunzipped(path), path);
    else yield* linesOf(createReadStream(path), path);
  } catch (error) {
    throw error instanceof BadPublishedFile ? error : new BadPublishedFile(`${path}: ${reasonOf(error)}`);
  }
}

function gunzipped(path: string): AsyncIterable<Buffer> {
  const text = createGunzip();
  // What goes wrong comes out of the iteration; the callback only keeps it from being thrown a second time.
  pipeline(createReadStream(path), text, () => undefined);
  return text as AsyncIterable<Buffer>;
}

async function* linesOf(chunks: AsyncIterable<Buffer>, where: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = whole.lastIndexOf(NEWLINE) + 1;
    rest = whole.subarray(end);
    if (rest.length > MAX_LINE_BYTES)
      throw new BadPublishedFile(`${where}: expected lines of at most ${MAX_LINE_BYTES} bytes`);
    if (end > 0) yield split(whole.subarray(0, end - 1));
  }
  if (rest.length > 0) yield split(rest);
}

function split(bytes: Buffer): readonly string[] {
  return bytes.toString('utf8').split(/\r?\n/);
}

/** Every CSV in it, one after the other. The sizes are checked by the reader of the archive, the sums of bits here. */
async function* zipLines(path: string): AsyncGenerator<readonly string[]> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
  try {
    if (zip.entryCount > MAX_ENTRIES)
      throw new BadPublishedFile(
        `${path}: expected at most ${MAX_ENTRIES} files in it, got ${zip.entryCount}`,
      );
    let files = 0;
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.csv')) continue;
      files++;
      const where = `${path}: ${entry.fileName}`;
      yield* linesOf(checked(await zip.openReadStreamPromise(entry), entry, where), where);
    }
    if (files === 0) throw new BadPublishedFile(`${path}: expected a CSV in it`);
  } finally {
    zip.close();
  }
}

async function* checked(
  chunks: AsyncIterable<Buffer>,
  entry: yauzl.Entry,
  where: string,
): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw new BadPublishedFile(`${where} is damaged: its checksum does not match`);
}

function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return fileErrorReason(error) ?? `is damaged or cut short (${message.split('\n', 1)[0]})`;
}
