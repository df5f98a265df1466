/** What is stored of a range, a page at a time, however long the range is. */
import { intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { CandleStore, StoredCandle } from '../../shared/ports/candle-store.ts';
import { MAX_ROWS_A_READ } from '../../shared/ports/read-limit.ts';

/** Candles that open, or trades that are made, at or after a time and before another. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Reads the latest revisions of a series forwards, in windows that hold no more than a page. */
export class StoredCandles {
  readonly #store: Pick<CandleStore, 'between'>;
  readonly #instrumentId: InstrumentId;
  readonly #interval: Interval;
  readonly #toMs: number;
  #nextMs: number;
  #page: readonly StoredCandle[] = [];

  constructor(
    store: Pick<CandleStore, 'between'>,
    instrumentId: InstrumentId,
    interval: Interval,
    { fromMs, toMs }: TimeRange,
  ) {
    this.#store = store;
    this.#instrumentId = instrumentId;
    this.#interval = interval;
    this.#nextMs = fromMs;
    this.#toMs = toMs;
  }

  /** Those that open before a time, or at it, and were not given yet. */
  async through(openTimeMs: number): Promise<readonly StoredCandle[]> {
    const given: StoredCandle[] = [];
    for (;;) {
      const ahead = this.#page.findIndex((candle) => candle.openTimeMs > openTimeMs);
      given.push(...(ahead === -1 ? this.#page : this.#page.slice(0, ahead)));
      this.#page = ahead === -1 ? [] : this.#page.slice(ahead);
      const isRead = this.#page.length > 0 || this.#nextMs > openTimeMs || this.#nextMs >= this.#toMs;
      if (isRead) return given;
      await this.#readNext(openTimeMs);
    }
  }

  /** A stretch without candles is passed over in one question as long as the page that follows is not full. */
  async #readNext(openTimeMs: number): Promise<void> {
    const window = MAX_ROWS_A_READ * intervalMs(this.#interval);
    const endMs = Math.min(this.#toMs, Math.max(this.#nextMs + window, openTimeMs + 1));
    const from = this.#nextMs;
    const found = await this.#store.between(this.#instrumentId, this.#interval, from, endMs, MAX_ROWS_A_READ);
    // The store gives the newest of a range: where it is full, the older ones are asked for first.
    if (found.length < MAX_ROWS_A_READ || endMs - from <= window) {
      this.#page = found;
      this.#nextMs = endMs;
      return;
    }
    this.#page = await this.#store.between(
      this.#instrumentId,
      this.#interval,
      from,
      from + window,
      MAX_ROWS_A_READ,
    );
    this.#nextMs = from + window;
  }
}

/** Stands for the record of the tape that a candle is of, where it is of none, and its trades are not stored. */
export const PUBLISHED = 'published';

/** Whether it was published without its trades: a candle, which has no ids of them either, or aggregates of trades. */
export function isPublished(candle: StoredCandle): boolean {
  const { firstTradeId, lastTradeId, complete, throughSequence } = candle;
  return throughSequence === PUBLISHED || (firstTradeId === 0 && lastTradeId === 0 && !complete);
}
