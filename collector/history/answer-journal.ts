/**
 * What a venue has answered so far, page by page, in a file: whoever is interrupted goes on behind the last whole page. It is a
 * capture: gzip members of one line each, which say their own length in their head (as BGZF does), so that what a crash has
 * left of a page is known for what it is.
 */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { captureLine, formatCaptureLine, receivedAtMs } from '../../shared/contracts/capture.ts';
import { makeFolder } from '../../shared/adapters/files/make-folder.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';

export interface KeptAnswer {
  readonly url: string;
  readonly message: string;
  readonly receivedAtMs: number;
}

/** Its ten bytes, with a flag for what follows: a length of eight, a name, a length of four, and four for the member's length. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x4d, 0x52, 4, 0]);
const HEAD_BYTES = HEAD.length + 4;
const TAIL_BYTES = 8;
/** The longest answer that is read is far shorter. */
const MAX_MEMBER_BYTES = 32 * 1024 * 1024;

export class AnswerJournal {
  readonly path: string;
  readonly #exchange: Exchange;
  readonly #file: FileHandle;
  /** Where each whole page begins, and where the last one ends. */
  readonly #offsets: number[];

  private constructor(path: string, exchange: Exchange, file: FileHandle, offsets: number[]) {
    this.path = path;
    this.#exchange = exchange;
    this.#file = file;
    this.#offsets = offsets;
  }

  /** What follows the last whole page is thrown away. */
  static async open(path: string, exchange: Exchange): Promise<AnswerJournal> {
    makeFolder(dirname(path), 0o700);
    const file = await open(path, 'a+', 0o600);
    const offsets = [0];
    for (;;) {
      const member = await readMember(file, offsets.at(-1)!);
      if (member === null) break;
      offsets.push(offsets.at(-1)! + member.bytes);
    }
    await file.truncate(offsets.at(-1));
    return new AnswerJournal(path, exchange, file, offsets);
  }

  get pages(): number {
    return this.#offsets.length - 1;
  }

  /** In their order. */
  async *answers(): AsyncGenerator<KeptAnswer> {
    for (let page = 0; page < this.pages; page++) {
      const member = await readMember(this.#file, this.#offsets[page]!);
      if (member === null) throw new Error(`${this.path}: page ${page + 1} cannot be read any more`);
      yield member.answer;
    }
  }

  /** Forgets what came behind the first of them. */
  async keep(pages: number): Promise<void> {
    this.#offsets.splice(pages + 1);
    await this.#file.truncate(this.#offsets.at(-1));
  }

  /** Resolves when it would outlive a crash. */
  async append({ url, message, receivedAtMs: at }: KeptAnswer): Promise<void> {
    const line = formatCaptureLine({
      receivedAtNs: `${at}000000`,
      exchange: this.#exchange,
      kind: 'rest',
      url,
      message,
    });
    const bytes = memberOf(Buffer.from(`${line}\n`));
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.#offsets.push(this.#offsets.at(-1)! + bytes.length);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** All that it has lies where it belongs. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function memberOf(text: Buffer): Buffer {
  const body = deflateRawSync(text);
  const bytes = Buffer.alloc(HEAD_BYTES + body.length + TAIL_BYTES);
  HEAD.copy(bytes);
  bytes.writeUInt32LE(bytes.length, HEAD.length);
  body.copy(bytes, HEAD_BYTES);
  bytes.writeUInt32LE(crc32(text), HEAD_BYTES + body.length);
  bytes.writeUInt32LE(text.length, HEAD_BYTES + body.length + 4);
  return bytes;
}

/** @returns null: there is none, or not all of it. */
async function readMember(
  file: FileHandle,
  offset: number,
): Promise<{ readonly bytes: number; readonly answer: KeptAnswer } | null> {
  const head = await readWhole(file, offset, HEAD_BYTES);
  if (head === null || !head.subarray(0, HEAD.length).equals(HEAD)) return null;
  const bytes = head.readUInt32LE(HEAD.length);
  if (bytes < HEAD_BYTES + TAIL_BYTES || bytes > MAX_MEMBER_BYTES) return null;
  const member = await readWhole(file, offset, bytes);
  if (member === null) return null;
  try {
    const read = captureLine.parse(JSON.parse(gunzipSync(member).toString()));
    const { url, message, receivedAtNs } = read;
    if (typeof message !== 'string') return null;
    return { bytes, answer: { url, message, receivedAtMs: receivedAtMs(receivedAtNs) } };
  } catch {
    return null;
  }
}

async function readWhole(file: FileHandle, offset: number, bytes: number): Promise<Buffer | null> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
  return bytesRead === bytes ? buffer : null;
}
