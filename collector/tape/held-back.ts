import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import type { Watermark } from '../../shared/contracts/stream-records.ts';
import { compareText } from '../../shared/domain/compare-text.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { TapeMessage } from './tape-message.ts';

/** What goes down the lanes as it is. */
export type SentStep =
  | { readonly kind: 'trades'; readonly trades: readonly VenueTrade[] }
  | { readonly kind: 'books'; readonly rows: readonly ToldBook[] };

/**
 * Time received, for which those that have passed into a later second wait for the others: most of sixty busy
 * instruments follow one another within it, and a replay in step with the clock is held up by no more. By the tape's own
 * stamps, so that what is released together depends on the tape alone.
 */
export const HOLD_MS = 10;
/** Trades and rows of books that may wait: the bound on memory where the stamps of a tape stand still. */
export const MAX_HELD = 2000;

type Waiting =
  | { readonly kind: 'trades'; readonly trades: VenueTrade[] }
  | { readonly kind: 'books'; readonly rows: ToldBook[] };

/** Instruments that have passed into a later second and are released together, and what the tape tells of them meanwhile. */
export class HeldBack {
  readonly #passed = new Map<InstrumentId, Watermark>();
  #behind: Set<InstrumentId> = new Set();
  #fromMs = 0;
  #waiting: Waiting[] = [];
  #count = 0;
  readonly #firstLines = new Map<number, number>();

  get isEmpty(): boolean {
    return this.#passed.size === 0;
  }

  /** Nobody is left to wait for, or there is no room for more. */
  get isComplete(): boolean {
    return this.#behind.size === 0 || this.#count >= MAX_HELD;
  }

  has(instrumentId: InstrumentId): boolean {
    return this.#passed.has(instrumentId);
  }

  /** Whether what is held is due before a message that was received then: late, or by a clock that was set back. */
  endsBefore(receivedAtMs: number): boolean {
    if (this.isEmpty) return false;
    return this.#count >= MAX_HELD || receivedAtMs < this.#fromMs || receivedAtMs >= this.#fromMs + HOLD_MS;
  }

  /** @param behind those that are not as far as the first one of them; asked when it joins. */
  join(passed: Watermark, { receivedAtMs }: TapeMessage, behind: () => Set<InstrumentId>): void {
    if (this.isEmpty) {
      this.#fromMs = receivedAtMs;
      this.#behind = behind();
    }
    this.#passed.set(passed.instrumentId, passed);
    this.#behind.delete(passed.instrumentId);
  }

  addTrade(trade: VenueTrade, message: TapeMessage): void {
    this.note(message);
    this.#count++;
    const last = this.#waiting.at(-1);
    if (last?.kind === 'trades') last.trades.push(trade);
    else this.#waiting.push({ kind: 'trades', trades: [trade] });
  }

  /** @returns false: it belongs to an instrument that is not held back. */
  addBook(row: ToldBook, message: TapeMessage): boolean {
    if (!this.has(row.kind === 'quote' ? row.quote.instrumentId : row.levels.instrumentId)) return false;
    this.note(message);
    this.#count++;
    const last = this.#waiting.at(-1);
    if (last?.kind === 'books') last.rows.push(row);
    else this.#waiting.push({ kind: 'books', rows: [row] });
    return true;
  }

  /** Something of this message is not sent yet. */
  note({ source, capture: { line } }: TapeMessage): void {
    if (!this.#firstLines.has(source)) this.#firstLines.set(source, line);
  }

  firstLine(source: number): number | null {
    return this.#firstLines.get(source) ?? null;
  }

  /** In the order in which whatever happens at one instant happens. */
  watermarks(): readonly Watermark[] {
    return [...this.#passed.values()].sort(
      (a, b) => a.timeMs - b.timeMs || compareText(a.instrumentId, b.instrumentId),
    );
  }

  /** What waited, in its order: nothing is held back any more. */
  take(): readonly SentStep[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#count = 0;
    this.#passed.clear();
    this.#behind.clear();
    this.#firstLines.clear();
    return waiting;
  }
}
