import { setImmediate as nextTurn } from 'node:timers/promises';
import { CaptureDecoders, type VenueDirectories } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { listingsIn } from '../../shared/adapters/exchanges/listings-in.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { ListingKeeper } from '../outlet/listing-keeper.ts';
import { mergeSources, type MergedBatch } from './merge-sources.ts';
import { Pacer, type TapeSpeed } from './pacer.ts';
import { readAhead, type Weight } from './read-ahead.ts';
import { directoriesBefore, hasBegun, openSource, type SourceProgress } from './source-progress.ts';
import { TapeBoundaries } from './tape-boundaries.ts';
import { TapeFeed } from './tape-feed.ts';
import type { TapeGate } from './tape-gate.ts';
import { readTapeMessage, type TapeMessage } from './tape-message.ts';
import { PositionKeeper, type TapePosition } from './tape-position.ts';
import type { TapeSource } from './tape-source.ts';

export interface TapeProgress {
  /** Of this run. */
  readonly messages: number;
  readonly trades: number;
  /** How far the tape's clock has come; −1: not begun. */
  readonly clockMs: number;
}

/** What every tape is run with, whether replayed or made up. */
export interface TapePorts {
  readonly writer: StreamWriter;
  readonly state: StateStore;
  readonly gate: TapeGate;
  readonly speed: TapeSpeed;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Called at most once a second, and at the end. */
  readonly onProgress?: (progress: TapeProgress) => void;
}

export interface TapeRunOptions extends TapePorts {
  /** Names the tape: its position is kept under it. */
  readonly tapeId: string;
  /** Names this unbroken observation of the tape in its records. */
  readonly sessionId: string;
  readonly sources: readonly TapeSource[];
  readonly timeBase: 'first-message' | 'wall';
  /** Whether a tape that has come to its end is never to be run again. */
  readonly endsForGood: boolean;
}

export type TapeOutcome =
  /** The whole tape is durable and has settled. */
  | ({ readonly kind: 'finished' } & TapeProgress)
  /** An earlier run finished it: nothing was sent. */
  | { readonly kind: 'finished-before' }
  /** The signal came first; the next run goes on from the last boundary. */
  | ({ readonly kind: 'aborted' } & TapeProgress);

/**
 * Runs a tape from where it was left: archives its messages, sends its trades, waits at each boundary. What an
 * interrupted run had sent behind its last boundary is sent again; readers know trades by their ids.
 */
export async function runTape(options: TapeRunOptions): Promise<TapeOutcome> {
  const keeper = new PositionKeeper(options.state, options.tapeId);
  const position = await keeper.load();
  if (position?.done === true) return { kind: 'finished-before' };
  const run = new TapeRun(options, keeper, position);
  try {
    await run.run();
    return { kind: 'finished', ...run.progress };
  } catch (error) {
    if (!options.signal.aborted) throw error;
    return { kind: 'aborted', ...run.progress };
  } finally {
    await run.idle();
  }
}

/** Messages and characters that are read and parsed while earlier ones settle. */
const AHEAD: Weight = { items: 16_000, size: 16 * 1024 * 1024 };
const PROGRESS_EVERY_MS = 1000;

interface ReadBatch {
  readonly messages: readonly TapeMessage[];
  /** Which source each message came from. */
  readonly sources: readonly number[];
}

class TapeRun {
  readonly #options: TapeRunOptions;
  readonly #keeper: PositionKeeper;
  readonly #sources: readonly SourceProgress[];
  readonly #boundaries: TapeBoundaries;
  readonly #feed: TapeFeed;
  readonly #pacer: Pacer | null;
  readonly #listings: ListingKeeper;
  #saved: Promise<void> = Promise.resolve();
  #messages = 0;
  #reportedAt = performance.now();

  constructor(options: TapeRunOptions, keeper: PositionKeeper, position: TapePosition | null) {
    const { speed, timeBase, writer, gate, signal, sessionId } = options;
    this.#options = options;
    this.#keeper = keeper;
    this.#listings = new ListingKeeper(options.state);
    this.#sources = options.sources.map((source) => openSource(source, options, position));
    this.#boundaries = new TapeBoundaries(position?.boundaries);
    const clockMs = position?.clockMs ?? -1;
    if (clockMs >= 0) gate.advanceTo(clockMs);
    this.#feed = new TapeFeed({
      writer,
      gate,
      signal,
      clockMs,
      boundaries: this.#boundaries,
      sessionId,
      onBoundary: () => {
        const position = this.#position(false);
        return async () => this.#beginToSave(position);
      },
    });
    this.#pacer = speed === 'max' ? null : new Pacer({ speed, timeBase });
  }

  get progress(): TapeProgress {
    return { messages: this.#messages, trades: this.#feed.trades, clockMs: this.#feed.clockMs };
  }

  async run(): Promise<void> {
    const tape = mergeSources(this.#sources.map(({ source, readFrom }) => source.read(readFrom)));
    for await (const batch of readAhead(
      readBatches(tape, this.#sources.length, directoriesBefore(this.#sources)),
      weightOf,
      AHEAD,
    )) {
      this.#options.signal.throwIfAborted();
      await this.#archive(batch);
      await this.#keepListings(batch);
      await this.#send(batch);
      this.#report();
      // A tape of which everything is ready would otherwise never let its readers have a turn.
      await nextTurn();
    }
    await Promise.all(this.#sources.map(async ({ archive }) => archive.finish()));
    await this.#feed.finish();
    await this.#beginToSave(this.#position(this.#options.endsForGood));
    await this.#saved;
    this.#options.onProgress?.(this.progress);
  }

  /** Nothing of a run goes on behind the back of whoever called it. */
  async idle(): Promise<void> {
    await Promise.all([this.#feed.idle(), ...this.#sources.map(async ({ archive }) => archive.idle())]);
    await this.#saved.catch(() => undefined);
  }

  async #archive({ messages, sources }: ReadBatch): Promise<void> {
    for (let i = 0; i < messages.length; i++) {
      if (!hasBegun(this.#sources[sources[i]!]!, messages[i]!)) continue;
      const room = this.#sources[sources[i]!]!.archive.add(messages[i]!.capture);
      if (room !== null) await room;
    }
  }

  /** What is known of an instrument is kept before anything is decided upon its trades. */
  async #keepListings({ messages, sources }: ReadBatch): Promise<void> {
    for (const [n, { events, capture, receivedAtMs }] of messages.entries()) {
      if (capture.line < this.#sources[sources[n]!]!.startLine) continue;
      const listings = listingsIn(events);
      if (listings.length > 0) await this.#listings.note(listings, receivedAtMs);
    }
  }

  async #send(batch: ReadBatch): Promise<void> {
    if (this.#pacer === null) return this.#feed.send(this.#take(batch, 0, batch.messages.length));
    const times = batch.messages.map(({ receivedAtMs }) => receivedAtMs);
    let from = 0;
    while (from < times.length) {
      // What is not sent takes no time, however long it took to come.
      if (!this.#isToSend(batch, from)) {
        this.#feed.follow(batch.messages[from++]!);
        continue;
      }
      const due = this.#pacer.due(times, from);
      if (due === 0) {
        await this.#feed.sendBefore(times[from]!);
        await this.#pacer.until(times[from]!, this.#options.signal);
      } else {
        await this.#feed.send(this.#take(batch, from, from + due));
        from += due;
      }
    }
  }

  /** A message counts as sent once the next one is asked for; a boundary comes before the trade that is behind it. */
  *#take({ messages, sources }: ReadBatch, from: number, to: number): Generator<TapeMessage> {
    for (let i = from; i < to; i++) {
      const message = messages[i]!;
      const source = this.#sources[sources[i]!]!;
      if (!this.#isToSend({ messages, sources }, i)) {
        this.#feed.follow(message);
        continue;
      }
      const { line } = message.capture;
      source.nextLine = line;
      yield message;
      source.nextLine = line + 1;
      this.#messages++;
    }
  }

  /** Not what lies before the beginning, nor what an earlier run has sent. */
  #isToSend({ messages, sources }: ReadBatch, i: number): boolean {
    const source = this.#sources[sources[i]!]!;
    return hasBegun(source, messages[i]!) && messages[i]!.capture.line >= source.startLine;
  }

  #position(done: boolean): TapePosition {
    return {
      done,
      sessionId: this.#options.sessionId,
      clockMs: this.#feed.clockMs,
      boundaries: this.#boundaries.snapshot(),
      sources: Object.fromEntries(
        this.#sources.map(({ source, nextLine, archive }, n) => [
          source.id,
          { nextLine: this.#feed.firstHeldLine(n) ?? nextLine, archive: archive.positions() },
        ]),
      ),
    };
  }

  /** What comes next need not wait for it: an older position sends again what a newer one has behind it. */
  async #beginToSave(position: TapePosition): Promise<void> {
    await this.#saved;
    this.#saved = this.#keeper.save(position);
    // It is awaited before the next one, and at the end.
    this.#saved.catch(() => undefined);
  }

  #report(): void {
    const now = performance.now();
    if (now - this.#reportedAt < PROGRESS_EVERY_MS) return;
    this.#reportedAt = now;
    this.#options.onProgress?.(this.progress);
  }
}

/**
 * Each source has decoders of its own: what lies beside it is of other connections, whatever their names. A catalogue
 * counts for all of them.
 */
async function* readBatches(
  tape: AsyncIterable<MergedBatch>,
  sourceCount: number,
  directories: VenueDirectories,
): AsyncGenerator<ReadBatch> {
  const decoders = Array.from({ length: sourceCount }, () => new CaptureDecoders(directories));
  for await (const { messages, sources } of tape) {
    yield {
      messages: messages.map((capture, n) => readTapeMessage(capture, decoders[sources[n]!]!, sources[n])),
      sources,
    };
  }
}

function weightOf({ messages }: ReadBatch): Weight {
  let size = 0;
  for (const { capture } of messages) size += capture.text.length;
  return { items: messages.length, size };
}
