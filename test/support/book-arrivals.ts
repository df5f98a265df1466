import { readBookRows, type LaneRecord } from '../../shared/contracts/stream-records.ts';
import type { ReceivedLevels, ReceivedQuote } from '../../shared/contracts/book-rows.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { isDoubtfulBook } from '../../shared/domain/market-data/book/book-quality.ts';
import type { BestLevel } from '../../shared/domain/market-data/book/microstructure.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { fixed, type Listing } from '../../simulator/market/listing.ts';
import type { Level } from '../../simulator/market/market-book.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import type { Fault } from '../../simulator/venues/venue-faults.ts';
import type { ToldBest } from '../../simulator/venues/venue-record.ts';

export interface ComparedBooks {
  /** Published without a flag, and not as the venue's book stood at that time of its clock; or no rows at all. */
  readonly untrue: readonly string[];
  /** Changes of a best price, well away from all faults, that were not published without a flag. */
  readonly untold: readonly string[];
  /** Quotes and levels that were published without a flag. */
  readonly sound: number;
}

type TradesRecord = Extract<LaneRecord, { kind: 'trades' }>;

/** Of venue time: the last state of each is published. */
const QUOTE_EVERY_MS = 100;
/** What was printed so shortly before a fault may be spoilt by it. */
const UNDER_WAY_MS = 1000;
/**
 * Kraken's checksum covers ten levels of each side, and its messages have no numbers: a change further down that does not come
 * cannot be noticed before it has risen so far.
 */
const CHECKED_LEVELS: Readonly<Partial<Record<Exchange, number>>> = { kraken: 10 };

/** What came into the lanes of books, flagged or not. */
export class BookArrivals {
  readonly #quotes = new Map<InstrumentId, ReceivedQuote[]>();
  readonly #levels = new Map<InstrumentId, ReceivedLevels[]>();
  readonly #unreadable: string[] = [];

  note(record: TradesRecord): void {
    const { quotes, levels, poison } = readBookRows(record);
    for (const quote of quotes) append(this.#quotes, quote);
    for (const each of levels) append(this.#levels, each);
    for (const { cause, payload } of poison) this.#unreadable.push(`${cause}: ${payload}`);
  }

  /**
   * Holds the lanes against what the venues told.
   * @param calmMs by when everybody listened. @param recoverMs a fault is over that much after its end.
   * @param dueMs what was told later need not have come.
   */
  compare(
    venues: readonly SimulatedVenue[],
    faults: ReadonlyMap<Exchange, readonly Fault[]>,
    { calmMs, recoverMs, dueMs }: { calmMs: number; recoverMs: number; dueMs: number },
  ): ComparedBooks {
    const untrue = [...this.#unreadable];
    const untold: string[] = [];
    let sound = 0;
    for (const venue of venues) {
      const disturbed = faults.get(venue.exchange) ?? [];
      const isUndisturbed = ({ printedAtMs }: ToldBest): boolean =>
        printedAtMs > calmMs &&
        printedAtMs <= dueMs &&
        disturbed.every(
          ({ fromMs, untilMs }) => printedAtMs < fromMs - UNDER_WAY_MS || printedAtMs > untilMs + recoverMs,
        );
      for (const listing of venue.listings) {
        const quotes = (this.#quotes.get(listing.instrumentId) ?? []).filter(isSound);
        const levels = (this.#levels.get(listing.instrumentId) ?? []).filter(isSound);
        const told = Map.groupBy(venue.record.bestsOf(listing.instrumentId), ({ toldAtMs }) => toldAtMs);
        sound += quotes.length + levels.length;
        for (const quote of quotes)
          if (!(told.get(quote.timeMs) ?? []).some((best) => isTrueQuote(quote, best, listing)))
            untrue.push(`quote of ${shown(quote)}, ${shownSide(quote.bid)} / ${shownSide(quote.ask)}`);
        for (const each of levels)
          if (!(told.get(each.timeMs) ?? []).some(({ tick }) => areTrueLevels(each, venue, listing, tick)))
            untrue.push(`levels of ${shown(each)}`);
        const times = new Set(quotes.map(({ timeMs }) => timeMs));
        for (const best of lastChanges(venue.record.bestsOf(listing.instrumentId)))
          if (isUndisturbed(best) && !times.has(best.toldAtMs))
            untold.push(`${listing.instrumentId} told ${best.printedAtMs - calmMs}`);
      }
    }
    return { untrue, untold, sound };
  }
}

function append<Row extends { readonly instrumentId: InstrumentId }>(
  to: Map<InstrumentId, Row[]>,
  row: Row,
): void {
  const rows = to.get(row.instrumentId) ?? [];
  to.set(row.instrumentId, rows);
  rows.push(row);
}

function isSound({ quality }: { readonly quality: number }): boolean {
  return !isDoubtfulBook(quality);
}

/** Those that changed the best prices, where they are the last of their time. */
function lastChanges(bests: readonly ToldBest[]): ToldBest[] {
  return bests.filter((best, n) => {
    const [before, next] = [bests[n - 1], bests[n + 1]];
    const isChange =
      before?.tick === best.tick - 1 && !(isSame(before.bid, best.bid) && isSame(before.ask, best.ask));
    return isChange && next !== undefined && binOf(next) !== binOf(best);
  });
}

function binOf({ toldAtMs }: ToldBest): number {
  return Math.floor(toldAtMs / QUOTE_EVERY_MS);
}

function isSame(one: Level | null, other: Level | null): boolean {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1];
}

function isTrueQuote({ bid, ask }: ReceivedQuote, best: ToldBest, listing: Listing): boolean {
  return isLevel(bid, best.bid, listing) && isLevel(ask, best.ask, listing);
}

function areTrueLevels(
  levels: ReceivedLevels,
  venue: SimulatedVenue,
  listing: Listing,
  tick: number,
): boolean {
  const { bids, asks } = venue.bookAfter(listing, tick);
  const checked = CHECKED_LEVELS[venue.exchange] ?? Infinity;
  const isSide = (published: readonly BestLevel[], real: readonly Level[]): boolean =>
    published.length > 0 &&
    published.slice(0, checked).every((level, n) => isLevel(level, real[n] ?? null, listing));
  return isSide(levels.bids, bids) && isSide(levels.asks, asks);
}

function isLevel(published: BestLevel | null, real: Level | null, listing: Listing): boolean {
  if (published === null || real === null) return published === real;
  const { priceDecimals, quantityDecimals } = listing;
  return (
    published.price === decimal(fixed(real[0], priceDecimals)) &&
    published.quantity === decimal(fixed(real[1], quantityDecimals))
  );
}

function shown({ instrumentId, timeMs, quality }: ReceivedQuote | ReceivedLevels): string {
  return `${instrumentId} at ${timeMs}, flags ${quality}`;
}

function shownSide(level: BestLevel | null): string {
  return level === null ? 'nobody' : `${level.price} × ${level.quantity}`;
}
