import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { encodeRawClaim, encodeRawRecord } from '../../shared/contracts/raw-records.ts';
import { lanesOf, LANES_PER_EXCHANGE } from '../../shared/domain/market-data/lane.ts';
import { MAX_RECORD_BYTES, recordOfLane, type StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';

const compress = promisify(gzip);

/** A chunk is one object of the archive: few and large ones, and yet small enough to be one record. */
interface ChunkSize {
  readonly messages: number;
  readonly characters: number;
  /** Level 1 costs half of level 6 and the archive grows by a quarter. */
  readonly gzipLevel: 1 | 6;
}
const CHUNK: ChunkSize = { messages: 8000, characters: 4 * 1024 * 1024, gzipLevel: 1 };
/** Most members come out of the thread pool in one piece. */
const GZIP_CHUNK_BYTES = 256 * 1024;
/** The header line and the partition key come on top. */
const MAX_MEMBER_BYTES = MAX_RECORD_BYTES - 1024;
/** Each holds a chunk in memory, and the thread pool has four threads for everybody. */
const MAX_CHUNKS_IN_FLIGHT = 3;

/** Where the archive of a source stands: the first message that is not durable, and the chunk that begins with it. */
export interface ArchivePosition {
  readonly chunk: number;
  readonly firstLine: number;
}

export interface RawArchiverOptions {
  readonly writer: StreamWriter;
  /** Names the source in object keys. */
  readonly sourceId: string;
  readonly exchange: string;
  readonly log: Log;
  /** Of the lease under which it is sent; left out where there is none. */
  readonly fence?: number;
  /** When a chunk is full; left out: after 8,000 messages. */
  readonly chunk?: ChunkSize;
  /** Where an archive begun earlier goes on. */
  readonly from?: ArchivePosition;
}

interface Chunk {
  readonly number: number;
  readonly firstLine: number;
  /** Of the first message: the day that the object is filed under. */
  readonly receivedAtMs: number;
  readonly lines: string[];
  characters: number;
}

/**
 * Packs the raw lines of one source and exchange into gzip members and appends them to the raw stream. Chunks are
 * cut by what is in them alone, so the same messages give the same objects, however often they come again.
 */
export class RawArchiver {
  readonly #options: RawArchiverOptions;
  readonly #inFlight = new Map<number, { readonly firstLine: number; readonly done: Promise<void> }>();
  #nextChunk: number;
  #nextLine: number;
  #open: Chunk | null = null;
  #failure: Error | null = null;

  constructor(options: RawArchiverOptions) {
    this.#options = options;
    this.#nextChunk = options.from?.chunk ?? 0;
    this.#nextLine = options.from?.firstLine ?? 1;
  }

  /**
   * Takes a line, in the order of the source.
   * @param text without its newline.
   * @returns a promise to wait for before the next line, or null: go on at once.
   */
  add(line: number, receivedAtMs: number, text: string): Promise<void> | null {
    this.#open ??= { number: this.#nextChunk++, firstLine: line, receivedAtMs, lines: [], characters: 0 };
    this.#open.lines.push(text);
    this.#open.characters += text.length;
    this.#nextLine = line + 1;
    const { messages, characters } = this.#options.chunk ?? CHUNK;
    if (this.#open.lines.length < messages && this.#open.characters < characters) return null;
    this.cut();
    return this.#inFlight.size < MAX_CHUNKS_IN_FLIGHT ? null : this.#room();
  }

  /** Sends the fence down every lane, and nothing with it: from then on readers drop what comes under a smaller one. */
  async claim(fence: number): Promise<void> {
    const { writer, exchange } = this.#options;
    const data = encodeRawClaim({ v: 1, kind: 'claim', fence });
    await writer.append(
      'raw',
      lanesOf(exchange).map((lane) => recordOfLane(lane, data)),
    );
  }

  /** Ends the chunk under way, full or not. */
  cut(): void {
    const chunk = this.#open;
    if (chunk === null) return;
    this.#open = null;
    const done = this.#archive(chunk).then(
      () => undefined,
      (error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      },
    );
    this.#inFlight.set(chunk.number, { firstLine: chunk.firstLine, done });
    void done.then(() => {
      // A chunk that failed stays, so that the position does not move past it.
      if (this.#failure === null) this.#inFlight.delete(chunk.number);
    });
  }

  /** Ends the chunk under way when it began before this time, as a live source does when a chunk grows old. */
  cutBefore(timeMs: number): void {
    if (this.#open !== null && this.#open.receivedAtMs < timeMs) this.cut();
  }

  /** Why a chunk could not be appended; null: all is well. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Everything before it is durable. */
  position(): ArchivePosition {
    const [oldest] = this.#inFlight;
    if (oldest !== undefined) return { chunk: oldest[0], firstLine: oldest[1].firstLine };
    if (this.#open !== null) return { chunk: this.#open.number, firstLine: this.#open.firstLine };
    return { chunk: this.#nextChunk, firstLine: this.#nextLine };
  }

  /** Ends the chunk under way and resolves when all are durable. */
  async finish(): Promise<void> {
    this.cut();
    await this.idle();
    if (this.#failure !== null) throw this.#failure;
  }

  /** Resolves when nothing is under way any more; what is not durable then will be packed again. */
  async idle(): Promise<void> {
    await Promise.all([...this.#inFlight.values()].map(({ done }) => done));
  }

  async #room(): Promise<void> {
    while (this.#failure === null && this.#inFlight.size >= MAX_CHUNKS_IN_FLIGHT) {
      await Promise.race([...this.#inFlight.values()].map(({ done }) => done));
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async #archive(chunk: Chunk): Promise<void> {
    const { exchange, sourceId } = this.#options;
    const day = new Date(chunk.receivedAtMs).toISOString().slice(0, 10);
    const name = `raw/${exchange}/${day}/${sourceId}-${String(chunk.number).padStart(8, '0')}`;
    await this.#archiveLines(chunk, chunk.lines, name);
  }

  /** Halves what does not compress into one record. The names of the halves sort where the whole would. */
  async #archiveLines(chunk: Chunk, lines: readonly string[], name: string): Promise<void> {
    const { writer, exchange, log, fence } = this.#options;
    const { gzipLevel: level } = this.#options.chunk ?? CHUNK;
    // The empty line at the end ends the last one; adding a newline to the joined text would copy megabytes again.
    const text = Buffer.from([...lines, ''].join('\n'));
    const gzipMember = await compress(text, { level, chunkSize: GZIP_CHUNK_BYTES });
    if (gzipMember.byteLength <= MAX_MEMBER_BYTES) {
      const header = {
        v: 1,
        kind: 'raw',
        exchange,
        objectKey: `${name}.ndjson.gz`,
        messages: lines.length,
        ...(fence === undefined ? {} : { fence }),
      } as const;
      const lane = lanesOf(exchange)[chunk.number % LANES_PER_EXCHANGE]!;
      await writer.append('raw', [recordOfLane(lane, encodeRawRecord(header, gzipMember))]);
    } else if (lines.length === 1) {
      log.error('a message is too large for the archive', {
        exchange,
        object: name,
        bytes: gzipMember.byteLength,
      });
    } else {
      const middle = lines.length >> 1;
      await this.#archiveLines(chunk, lines.slice(0, middle), `${name}.0`);
      await this.#archiveLines(chunk, lines.slice(middle), `${name}.1`);
    }
  }
}
