import type { InstrumentId } from '../../../domain/market-data/instrument.ts';

/** How many levels can be subscribed to. https://docs.kraken.com/api/docs/websocket-v2/book */
const DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];
const DEEPEST = 1000;
/** Past this many instruments somebody is making them up. */
const MAX_INSTRUMENTS = 10_000;

/**
 * How many levels of each side the books of one connection have. Kraken says nothing of a level that falls out of the depth,
 * so who keeps it has another checksum. The answer to the subscription tells it; a recording that begins later does not.
 */
export class BookDepths {
  readonly #told = new Map<InstrumentId, number>();
  /** Of the greatest snapshot whose depth nobody told. */
  #mostLevels = 0;

  noteSubscription(instrumentId: InstrumentId, depth: unknown): void {
    if (typeof depth === 'number' && DEPTHS.includes(depth)) this.#note(instrumentId, depth);
  }

  noteSnapshot(instrumentId: InstrumentId, bidLevels: number, askLevels: number): void {
    if (this.#told.has(instrumentId)) return;
    this.#mostLevels = Math.max(this.#mostLevels, bidLevels, askLevels);
    if (bidLevels === askLevels && DEPTHS.includes(bidLevels)) this.#note(instrumentId, bidLevels);
  }

  /**
   * What was told of it; else what a full book of the connection has, since who records subscribes to all alike; else the
   * deepest: of a book so thin nothing falls out.
   */
  of(instrumentId: InstrumentId): number {
    const told = this.#told.get(instrumentId);
    if (told !== undefined) return told;
    return DEPTHS.includes(this.#mostLevels) ? this.#mostLevels : Math.max(DEEPEST, this.#mostLevels);
  }

  #note(instrumentId: InstrumentId, depth: number): void {
    if (this.#told.size < MAX_INSTRUMENTS || this.#told.has(instrumentId))
      this.#told.set(instrumentId, depth);
  }
}
