import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import type { Fault } from '../../simulator/venues/venue-faults.ts';
import type { PrintedTrade } from '../../simulator/venues/venue-record.ts';
import { BookArrivals, type ComparedBooks } from './book-arrivals.ts';

/** A fault is over that much after its end. */
export const RECOVERED_WITHIN_MS = 5000;

export interface Compared extends ComparedBooks {
  /** Trades of the venues' records that are in no lane, each as a line. */
  readonly lost: readonly string[];
  /** Trades that are in a lane more than once. */
  readonly doubled: readonly string[];
  /** Trades that came later than they had to. */
  readonly late: readonly string[];
  /** Trades of the records that had to come. */
  readonly trades: number;
}

/** The trades that came into the lanes, and when, and what was told of books beside them. */
export class LaneArrivals {
  readonly #nowMs: () => number;
  readonly #books = new BookArrivals();
  /** By the trade's name. */
  readonly #arrivals = new Map<string, number[]>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Streams that end here. */
  get writer(): StreamWriter {
    return {
      append: async (stream, records) => {
        if (stream !== 'trades') return;
        for (const { data } of records) this.#note(Buffer.from(data).toString('utf8'));
      },
    };
  }

  #note(text: string): void {
    const record = parseLaneRecord(text);
    if (record.kind !== 'trades') return;
    this.#books.note(record);
    for (const { instrumentId, tradeId, timeMs } of record.trades) {
      const name = `${instrumentId} ${tradeId} ${timeMs}`;
      const known = this.#arrivals.get(name) ?? [];
      this.#arrivals.set(name, known);
      known.push(this.#nowMs());
    }
  }

  /**
   * Holds the lanes against what the venues themselves recorded.
   * @param calmMs by when everybody listened. @param dueMs what was printed later need not have come.
   */
  compare(
    venues: readonly SimulatedVenue[],
    faults: ReadonlyMap<Exchange, readonly Fault[]>,
    calmMs: number,
    dueMs: number,
  ): Compared {
    const lost: string[] = [];
    const late: string[] = [];
    let trades = 0;
    for (const venue of venues) {
      for (const { instrumentId } of venue.listings) {
        for (const trade of this.#expected(venue, instrumentId, dueMs)) {
          trades++;
          const name = nameOf(instrumentId, trade);
          const [arrived] = this.#arrivals.get(name) ?? [];
          const line = `${name} printed ${trade.printedAtMs - calmMs}`;
          const latestMs = latest(trade.printedAtMs, calmMs, faults.get(venue.exchange) ?? []);
          if (arrived === undefined) lost.push(line);
          else if (arrived > latestMs) late.push(`${line} came ${arrived - calmMs}`);
        }
      }
    }
    const doubled = [...this.#arrivals].filter(([, times]) => times.length > 1).map(([name]) => name);
    const books = this.#books.compare(venues, faults, { calmMs, recoverMs: RECOVERED_WITHIN_MS, dueMs });
    return { lost, doubled, late, trades, ...books };
  }

  /** What was printed before anybody listened is nobody's loss, though a subscription may begin with it. */
  #expected({ record, openedAtMs }: SimulatedVenue, instrumentId: string, dueMs: number): PrintedTrade[] {
    const printed = record.tradesOf(instrumentId);
    const first = printed.findIndex((trade) => this.#arrivals.has(nameOf(instrumentId, trade)));
    return printed
      .slice(Math.max(0, first))
      .filter(({ printedAtMs }) => printedAtMs >= openedAtMs && printedAtMs <= dueMs);
  }
}

function nameOf(instrumentId: string, { id, timeMs }: PrintedTrade): string {
  return `${instrumentId} ${id} ${timeMs}`;
}

/** By when a trade has to be in its lane: 5 s after the end of the faults that its way led through. */
function latest(printedAtMs: number, calmMs: number, faults: readonly Fault[]): number {
  let end = Math.max(printedAtMs, calmMs);
  // One that begins before everything has come keeps it away for longer.
  for (const { fromMs, untilMs } of [...faults].sort((a, b) => a.fromMs - b.fromMs))
    if (fromMs <= end + RECOVERED_WITHIN_MS && untilMs > end) end = untilMs;
  return end + RECOVERED_WITHIN_MS;
}
