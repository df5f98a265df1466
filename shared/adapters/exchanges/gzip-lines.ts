import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileErrorReason } from '../files/file-error.ts';

/** Consecutive lines. */
export interface LineBatch {
  /** Of the first one; 1 is the first of the file. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** The file cannot be read as gzip text. The message is one line without the path. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

export interface GzipLinesOptions {
  /** Lines before it are passed over without being decoded. */
  readonly fromLine?: number;
  /** Sees the file's bytes as they are on disk. */
  readonly onCompressed?: (chunk: Buffer) => void;
}

const NEWLINE = 0x0a;
const GZIP_MAGIC = 0x1f8b;
/** Each chunk out of the thread pool costs a turn of the event loop: 256 KB make them few. */
const CHUNK_BYTES = 256 * 1024;
/** A line that never ends would fill the memory. The longest of any recorded capture has 6 MB. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Reads a gzip text file batch by batch, holding no more than a chunk and a line of it. A last line without a
 * newline is a line.
 * @throws UnreadableFile
 */
export async function* readGzipLines(
  path: string,
  options: GzipLinesOptions = {},
): AsyncGenerator<LineBatch> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const { fromLine = 1, onCompressed } = options;
  if (onCompressed !== undefined) file.on('data', (chunk) => onCompressed(chunk as Buffer));
  const text = createGunzip({ chunkSize: CHUNK_BYTES });
  // What goes wrong comes out of the iteration below; the callback only keeps it from being thrown a second time.
  pipeline(file, text, () => undefined);
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = whole.lastIndexOf(NEWLINE) + 1;
      rest = whole.subarray(end);
      if (rest.length > MAX_LINE_BYTES)
        throw new UnreadableFile(
          `line ${line + linesIn(whole, end)}: is longer than ${MAX_LINE_BYTES} bytes`,
        );
      const passed = passLines(whole, end, fromLine - line);
      line += passed.lines;
      if (passed.offset === end) continue;
      const lines = decode(whole.subarray(passed.offset, end - 1), line).split('\n');
      yield { firstLine: line, lines };
      line += lines.length;
    }
    if (rest.length > 0 && line >= fromLine) yield { firstLine: line, lines: [decode(rest, line)] };
  } catch (error) {
    throw error instanceof UnreadableFile ? error : await unreadable(path, error);
  }
}

/** Finds where the lines begin that are wanted. */
function passLines(bytes: Buffer, end: number, count: number): { lines: number; offset: number } {
  let lines = 0;
  let offset = 0;
  while (lines < count && offset < end) {
    offset = bytes.indexOf(NEWLINE, offset) + 1;
    lines++;
  }
  return { lines, offset };
}

/** How many lines end before a place. */
function linesIn(bytes: Buffer, end: number): number {
  return passLines(bytes, end, Infinity).lines;
}

/** Bytes that are no UTF-8 would come back from the archive as others. @param firstLine the number of the first of them. */
function decode(bytes: Buffer, firstLine: number): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // What ends in a line break ends no character, so that the first line that is none can be found.
  let [line, from] = [firstLine, 0];
  for (;;) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) break;
    [line, from] = [line + 1, end + 1];
  }
  throw new UnreadableFile(`line ${line}: expected UTF-8 text`);
}

async function unreadable(path: string, error: unknown): Promise<Error> {
  const reason = fileErrorReason(error);
  if (reason !== null) return new UnreadableFile(`cannot be read (${reason})`);
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'Z_BUF_ERROR':
      return new UnreadableFile((await notGzip(path)) ?? 'is truncated: the gzip data ends too early');
    case 'Z_DATA_ERROR':
      return new UnreadableFile((await notGzip(path)) ?? `is damaged: ${message}`);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

/** @returns what the file is instead; null: it begins as gzip does. */
async function notGzip(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 0) return 'is empty';
    return buffer.readUInt16BE() === GZIP_MAGIC ? null : 'is not a gzip file';
  } finally {
    await file.close();
  }
}
