import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Level } from '../market/market-book.ts';

/** A trade as a venue printed it. */
export interface PrintedTrade {
  readonly id: number;
  readonly priceTicks: number;
  readonly quantitySteps: number;
  /** By the venue's clock. */
  readonly timeMs: number;
  /** The aggressor bought. */
  readonly isBuy: boolean;
  /** By the simulation's clock, which is never wrong. */
  readonly printedAtMs: number;
}

/** The best prices of a book as a venue told of it. */
export interface ToldBest {
  readonly tick: number;
  /** By the venue's clock. */
  readonly toldAtMs: number;
  /** By the simulation's clock, which is never wrong. */
  readonly printedAtMs: number;
  /** null: nobody offers. */
  readonly bid: Level | null;
  readonly ask: Level | null;
}

/** Of an instrument: what is older is forgotten. */
const MAX_TRADES = 200_000;
const FORGOTTEN_AT_ONCE = 20_000;
/** A minute. */
const MAX_BESTS = 600;
const BESTS_FORGOTTEN_AT_ONCE = 100;

/**
 * What a venue itself knows: of its trades, whether or not anybody was listening, and of the books that it told. REST serves it,
 * and tests compare with it.
 */
export class VenueRecord {
  readonly #trades = new Map<InstrumentId, PrintedTrade[]>();
  readonly #bests = new Map<InstrumentId, ToldBest[]>();

  note(instrumentId: InstrumentId, trade: PrintedTrade): void {
    const trades = this.#trades.get(instrumentId) ?? [];
    this.#trades.set(instrumentId, trades);
    trades.push(trade);
    if (trades.length > MAX_TRADES) trades.splice(0, FORGOTTEN_AT_ONCE);
  }

  noteBest(instrumentId: InstrumentId, best: ToldBest): void {
    const bests = this.#bests.get(instrumentId) ?? [];
    this.#bests.set(instrumentId, bests);
    bests.push(best);
    if (bests.length > MAX_BESTS) bests.splice(0, BESTS_FORGOTTEN_AT_ONCE);
  }

  /** Of the last minute, tick by tick, without those in which nobody listened to the book. */
  bestsOf(instrumentId: InstrumentId): readonly ToldBest[] {
    return this.#bests.get(instrumentId) ?? [];
  }

  /** In the order in which they were printed. */
  tradesOf(instrumentId: InstrumentId): readonly PrintedTrade[] {
    return this.#trades.get(instrumentId) ?? [];
  }

  latest(instrumentId: InstrumentId, count: number): readonly PrintedTrade[] {
    return count <= 0 ? [] : this.tradesOf(instrumentId).slice(-count);
  }

  /**
   * The oldest from an id on. Where ids began anew those since then are meant, unless the id is one of those before.
   */
  fromId(instrumentId: InstrumentId, fromId: number, count: number): readonly PrintedTrade[] {
    const trades = this.tradesOf(instrumentId);
    let end = trades.length;
    while (end > 0) {
      const begin = beginOfRun(trades, end);
      const isWithin = fromId <= trades[end - 1]!.id;
      const isOldest = fromId < trades[begin]!.id && end < trades.length;
      if (isWithin && !isOldest) {
        let at = begin;
        while (trades[at]!.id < fromId) at++;
        return trades.slice(at, at + count);
      }
      end = begin;
    }
    return [];
  }

  /** Those of a time, in the order in which they were printed. @param untilMs not included. */
  between(instrumentId: InstrumentId, fromMs: number, untilMs: number): readonly PrintedTrade[] {
    return this.tradesOf(instrumentId).filter(({ timeMs }) => timeMs >= fromMs && timeMs < untilMs);
  }
}

/** Where the ids began that go up to this place. */
function beginOfRun(trades: readonly PrintedTrade[], end: number): number {
  let begin = end - 1;
  while (begin > 0 && trades[begin - 1]!.id < trades[begin]!.id) begin--;
  return begin;
}
