/**
 * Brings what is stored of a day of an instrument into its folder of Parquet files: each trade once, however often this is
 * called, killed or run twice at once. What is there already is never written again; what was stored since goes into
 * further parts beside it.
 */
import { intervalMs, openTimeOf } from '../../../domain/candles/interval.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../../../domain/market-data/time-bound.ts';
import type { Trade } from '../../../domain/market-data/trade.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { TradeStore } from '../../../ports/trade-store.ts';
import { storedTrades } from '../../stored-trades.ts';
import { ArchivedDay } from './archived-day.ts';
import type { KnownTrades } from './known-trades.ts';
import { TradePartWriter, type TradesByHour } from './trade-part.ts';

const HOUR_MS = intervalMs('1h');
const DAY_MS = intervalMs('1d');
const TRADES_A_PART = 200_000;
/** ClickHouse holds the ids that it counts. */
const HOURS_A_COUNT = 6;

export interface ArchiveStores {
  readonly trades: Pick<TradeStore, 'between' | 'receivedBy'>;
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'putNew'>;
}

export interface DayToArchive {
  readonly instrumentId: InstrumentId;
  readonly dayMs: number;
  /** Of the day; left out: all of it. */
  readonly range?: { readonly fromMs: number; readonly toMs: number };
  /** The most of one file; left out: 200,000, neither small for those who read it nor large for those who write it. */
  readonly tradesAPart?: number;
  /** Looked at after each page of trades: what was read until then is written, and the rest is left for another call. */
  readonly isShortOfTime?: () => boolean;
}

export interface ArchivedTrades {
  /** That the day has by now, those of earlier calls too. */
  readonly trades: number;
  readonly tradesAdded: number;
  readonly partsAdded: number;
  /** false: there is more. */
  readonly isDone: boolean;
}

export async function archiveDay(stores: ArchiveStores, day: DayToArchive): Promise<ArchivedTrades> {
  const archived = await ArchivedDay.open(stores.objects, day.instrumentId, day.dayMs);
  const run = new DayRun(stores, archived, day);
  const isDone = await run.run();
  const { tradesAdded, partsAdded } = run;
  return { trades: archived.trades, tradesAdded, partsAdded, isDone };
}

/** How many trades are stored of each hour of a day, each counted once; an hour without any is left out. */
export async function tradesByHour(
  trades: Pick<TradeStore, 'receivedBy'>,
  instrumentId: InstrumentId,
  dayMs: number,
): Promise<TradesByHour> {
  const stored = new Map<number, number>();
  for (let fromMs = dayMs; fromMs < dayMs + DAY_MS; fromMs += HOURS_A_COUNT * HOUR_MS) {
    const hoursMs = Array.from({ length: HOURS_A_COUNT }, (_, n) => fromMs + n * HOUR_MS);
    const counts = await trades.receivedBy(instrumentId, '1h', hoursMs, MAX_TIME_MS);
    for (const [hourMs, count] of counts) stored.set(hourMs, count);
  }
  return stored;
}

class DayRun {
  tradesAdded = 0;
  partsAdded = 0;
  readonly #stores: ArchiveStores;
  readonly #archived: ArchivedDay;
  readonly #day: DayToArchive;
  #part: TradePartWriter;

  constructor(stores: ArchiveStores, archived: ArchivedDay, day: DayToArchive) {
    this.#stores = stores;
    this.#archived = archived;
    this.#day = day;
    this.#part = new TradePartWriter(day.instrumentId);
  }

  /** @returns whether all of it is archived. */
  async run(): Promise<boolean> {
    const { instrumentId, dayMs } = this.#day;
    const { fromMs, toMs } = this.#day.range ?? { fromMs: dayMs, toMs: dayMs + DAY_MS };
    const stored = await tradesByHour(this.#stores.trades, instrumentId, dayMs);
    for (let hourMs = openTimeOf(fromMs, '1h'); hourMs < toMs; hourMs += HOUR_MS) {
      const known = this.#archived.tradesOfHour(hourMs);
      if (known === (stored.get(hourMs) ?? 0)) continue;
      const range = { fromMs: Math.max(fromMs, hourMs), toMs: Math.min(toMs, hourMs + HOUR_MS) };
      if (!(await this.#addHour(range, known === 0 ? null : await this.#archived.knownTrades(hourMs))))
        return false;
    }
    return this.#putPart();
  }

  async #addHour(
    range: { readonly fromMs: number; readonly toMs: number },
    known: KnownTrades | null,
  ): Promise<boolean> {
    const { instrumentId, isShortOfTime } = this.#day;
    for await (const page of storedTrades(this.#stores.trades, instrumentId, range)) {
      for (const trade of page) if (known?.has(trade) !== true && !(await this.#add(trade))) return false;
      // With nothing to keep, the next call would come no further than this one.
      if (this.#part.count > 0 && isShortOfTime?.() === true) {
        await this.#putPart();
        return false;
      }
    }
    return true;
  }

  /** @returns false: somebody else has put a part meanwhile. */
  async #add(trade: Trade): Promise<boolean> {
    this.#part.add(trade);
    return this.#part.count < (this.#day.tradesAPart ?? TRADES_A_PART) || this.#putPart();
  }

  async #putPart(): Promise<boolean> {
    const part = this.#part;
    if (part.count === 0) return true;
    this.#part = new TradePartWriter(this.#day.instrumentId);
    if (!(await this.#archived.add(part.end(), part.hours))) return false;
    this.tradesAdded += part.count;
    this.partsAdded++;
    return true;
  }
}
