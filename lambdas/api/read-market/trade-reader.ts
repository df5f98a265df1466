import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Trade } from '../../../shared/domain/market-data/trade.ts';
import { MAX_ROWS_A_READ } from '../../../shared/ports/read-limit.ts';
import type { TradeStore } from '../../../shared/ports/trade-store.ts';

/** Reads stretches of a tape, one behind the other; those that lie close together with one question. */
export class TradeReader {
  readonly #trades: Pick<TradeStore, 'between'>;
  readonly #instrumentId: InstrumentId;
  readonly #endMs: number;
  #page: readonly Trade[] = [];
  #at = 0;
  /** All trades before it are on the page. */
  #readToMs = -1;

  /** @param endMs nothing behind it will be asked for */
  constructor(trades: Pick<TradeStore, 'between'>, instrumentId: InstrumentId, endMs: number) {
    this.#trades = trades;
    this.#instrumentId = instrumentId;
    this.#endMs = endMs;
  }

  /**
   * In order, each once.
   * @param fromMs no earlier than where the last stretch ended
   * @param expected how many there are in it and in those that will be asked for next
   * @throws Error when one millisecond has more trades than a page holds
   */
  async between(fromMs: number, toMs: number, expected: () => number): Promise<readonly Trade[]> {
    const found: Trade[] = [];
    for (let placeMs = fromMs; placeMs < toMs; placeMs = Math.min(toMs, this.#readToMs)) {
      if (placeMs >= this.#readToMs) await this.#read(placeMs, expected());
      for (; this.#at < this.#page.length; this.#at++) {
        const trade = this.#page[this.#at]!;
        if (trade.timeMs >= Math.min(toMs, this.#readToMs)) break;
        if (trade.timeMs >= placeMs) found.push(trade);
      }
    }
    return found;
  }

  async #read(fromMs: number, expected: number): Promise<void> {
    // One more tells that the others are all of their time.
    const count = Math.min(expected + 1, MAX_ROWS_A_READ);
    this.#page = await this.#trades.between(this.#instrumentId, fromMs, this.#endMs, count);
    this.#at = 0;
    // What a full page has of its last millisecond need not be all of it.
    this.#readToMs = this.#page.length < count ? this.#endMs : this.#page.at(-1)!.timeMs;
    if (this.#readToMs > fromMs) return;
    if (count < MAX_ROWS_A_READ) await this.#read(fromMs, MAX_ROWS_A_READ);
    else throw new Error(`${this.#instrumentId} has more than ${MAX_ROWS_A_READ} trades at ${fromMs}`);
  }
}
