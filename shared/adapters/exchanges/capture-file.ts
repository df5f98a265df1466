import { createHash } from 'node:crypto';
import { receivedAtMs, type CaptureMessage } from '../../contracts/capture.ts';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { Listing } from '../../domain/market-data/listing.ts';
import type { Market } from '../../domain/market-data/market.ts';
import { listingsIn } from './listings-in.ts';
import { BadLine, readLine } from './capture-line.ts';
import { CaptureDecoders, directoryOf, type VenueDirectories } from './capture-decoders.ts';
import { readGzipLines, UnreadableFile, type GzipLinesOptions } from './gzip-lines.ts';
import { marketOfUrl } from './market-of-url.ts';
import { MessageTally } from './message-tally.ts';
import { ReceivingClock } from './receiving-clock.ts';
import { tallyText } from './tally-text.ts';

/** The file is not a capture. The message is one line: which file, which line, what was expected. */
export class BadCapture extends Error {
  override readonly name = 'BadCapture';
}

/** What a line of a capture says of the venue's catalogue: whoever goes on behind it has to know. */
export interface CaptureCatalogue {
  readonly line: number;
  readonly receivedAtMs: number;
  readonly exchange: Exchange;
  /** What was otherwise before, or not known. */
  readonly listings: readonly Listing[];
  readonly isWhole: boolean;
}

export interface VerifiedCapture {
  readonly path: string;
  /** Of the file as it is on disk: it names the capture wherever it lies. */
  readonly sha256: string;
  readonly lines: number;
  /** In order of name. */
  readonly exchanges: readonly string[];
  /** Those that have trades in it, in order of name. */
  readonly instruments: readonly InstrumentId[];
  readonly firstReceivedAtMs: number;
  /** The latest of them all. */
  readonly lastReceivedAtMs: number;
  readonly catalogues: readonly CaptureCatalogue[];
  /** The first line whose address says that it is of this market; a market of which none does is left out. */
  readonly firstLineOf: ReadonlyMap<Market, number>;
  /** What was read out of it, and what was not. */
  readonly tally: MessageTally;
}

/**
 * Reads the messages of a capture batch by batch, some hundreds at a time, holding no more than that in memory.
 * @throws BadCapture at the first line whose envelope is not one.
 */
export async function* readCapture(
  path: string,
  options: GzipLinesOptions = {},
): AsyncGenerator<readonly CaptureMessage[]> {
  try {
    for await (const { firstLine, lines } of readGzipLines(path, options)) {
      yield lines.map((text, index) => readLine(text, firstLine + index));
    }
  } catch (error) {
    throw error instanceof UnreadableFile
      ? new BadCapture(`${path}: ${error.message}`)
      : withPath(error, path);
  }
}

/**
 * Reads a whole capture, so that nothing is written on account of one that turns out bad. A trade inside a message
 * that is not one is no fault of the capture: it will be set aside when it gets there.
 * @param directories what the captures before it, of the same tape, say of catalogues.
 * @throws BadCapture
 */
export async function verifyCapture(
  path: string,
  directories: VenueDirectories = new Map(),
): Promise<VerifiedCapture> {
  const hash = createHash('sha256');
  const exchanges = new Set<string>();
  const instruments = new Set<InstrumentId>();
  let lines = 0;
  let firstReceivedAtMs: number | null = null;
  let lastReceivedAtMs = -Infinity;
  const order = new ReceivedOrder(path);
  const markets = new MarketsHeard();
  const decoders = new CaptureDecoders(directories);
  const catalogues: CaptureCatalogue[] = [];
  const tally = new MessageTally({ readsTrades: true });
  const clock = new ReceivingClock();
  for await (const batch of readCapture(path, { onCompressed: (chunk) => hash.update(chunk) })) {
    for (const message of batch) {
      const receivedMs = receivedAtMs(message.receivedAtNs);
      firstReceivedAtMs ??= receivedMs;
      if (receivedMs > lastReceivedAtMs) lastReceivedAtMs = receivedMs;
      exchanges.add(message.exchange);
      markets.take(message);
      const events = decoders.read(message);
      const cause = clock.take(message, events);
      if (cause !== null) throw new BadCapture(`${path}: line ${message.line}: ${cause}`);
      order.take(message);
      tally.add(events, message.line);
      for (const event of events) if (event.kind === 'trade') instruments.add(event.instrumentId);
      const listings = listingsIn(events);
      if (listings.length > 0) {
        const { line, exchange } = message;
        const { isWhole } = directoryOf(directories, exchange);
        catalogues.push({ line, exchange, receivedAtMs: receivedMs, listings, isWhole });
      }
    }
    lines += batch.length;
  }
  if (firstReceivedAtMs === null) throw new BadCapture(`${path}: is empty, expected lines of a capture`);
  const doubt = clock.verdict();
  if (doubt !== null) throw new BadCapture(`${path}: line ${doubt.line}: ${doubt.cause}`);
  return {
    path,
    sha256: hash.digest('hex'),
    lines,
    exchanges: [...exchanges].sort(),
    instruments: [...instruments].sort(),
    firstReceivedAtMs,
    lastReceivedAtMs,
    catalogues,
    firstLineOf: markets.firstLineOf,
    tally,
  };
}

/**
 * Reads several captures of one tape, in the order of their first messages: a catalogue in one counts for those after it.
 * @returns them in the order in which they are named.
 * @throws BadCapture
 */
export async function verifyCaptures(paths: readonly string[]): Promise<readonly VerifiedCapture[]> {
  const firstAt = new Map<string, number>();
  for (const path of paths) firstAt.set(path, await firstReceivedAt(path));
  const directories: VenueDirectories = new Map();
  const verified = new Map<string, VerifiedCapture>();
  for (const path of [...firstAt.keys()].sort((a, b) => firstAt.get(a)! - firstAt.get(b)!))
    verified.set(path, await verifyCapture(path, directories));
  return paths.map((path) => verified.get(path)!);
}

async function firstReceivedAt(path: string): Promise<number> {
  for await (const [first] of readCapture(path))
    if (first !== undefined) return receivedAtMs(first.receivedAtNs);
  return 0;
}

/** @throws BadCapture for one in which nothing at all can be read: whoever asks what follows from it means another. */
export function refuseUnreadable({ path, tally }: Pick<VerifiedCapture, 'path' | 'tally'>): void {
  if (tally.hasRead) return;
  const found = tallyText(tally);
  throw new BadCapture(`${path}: nothing in it can be read, expected trades of a venue: ${found}`);
}

class MarketsHeard {
  readonly firstLineOf = new Map<Market, number>();
  /** Nearly all messages of a capture were heard at the same address. */
  #exchange = '';
  #url = '';

  take({ exchange, url, line }: CaptureMessage): void {
    if (url === this.#url && exchange === this.#exchange) return;
    [this.#exchange, this.#url] = [exchange, url];
    const market = marketOfUrl(exchange, url);
    if (market !== null && !this.firstLineOf.has(market)) this.firstLineOf.set(market, line);
  }
}

/** A clock that is set right steps back, and a reconnect leaves a message behind a later one. */
const FEW_STEPS_BACK = 16;
const MAX_STEP_BACK_MS = 3_600_000;

/** Messages stand oldest first. One here and there may not; a file put together in another order is no capture. */
class ReceivedOrder {
  readonly #path: string;
  #before: CaptureMessage | null = null;
  #beforeMs = 0;
  #stepsBack = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws BadCapture */
  take(message: CaptureMessage): void {
    const nowMs = receivedAtMs(message.receivedAtNs);
    const stepMs = this.#beforeMs - nowMs;
    if (this.#before !== null && stepMs > 0) {
      this.#stepsBack++;
      if (stepMs > MAX_STEP_BACK_MS || this.#stepsBack > FEW_STEPS_BACK + message.line / 100)
        throw new BadCapture(
          `${this.#path}: line ${message.line}: received ${stepMs / 1000} s before line ${this.#before.line}: expected messages oldest first`,
        );
    }
    this.#before = message;
    this.#beforeMs = nowMs;
  }
}

function withPath(error: unknown, path: string): unknown {
  return error instanceof BadLine ? new BadCapture(`${path}: ${error.message}`) : error;
}
