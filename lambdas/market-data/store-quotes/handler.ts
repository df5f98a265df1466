import type { ReceivedLevels, ReceivedQuote } from '../../../shared/contracts/book-rows.ts';
import { bookViewOf, quoteViewOf } from '../../../shared/contracts/book-views.ts';
import { MAX_BOOKS_AN_EVENT } from '../../../shared/contracts/events.ts';
import { laneKey } from '../../../shared/contracts/record-keys.ts';
import { formatDecimal } from '../../../shared/domain/decimal.ts';
import { readBookRows } from '../../../shared/contracts/stream-records.ts';
import { QualityLog } from '../../../shared/domain/market-data/quality-event.ts';
import { UNFLAGGED } from '../../../shared/domain/market-data/quality-flags.ts';
import { isDoubtfulBook } from '../../../shared/domain/market-data/book/book-quality.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { BusEvent } from '../../../shared/ports/event-bus.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineLaneFold, type Emission, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';
import { tellOfQuality } from '../../../shared/runtime/tell-of-quality.ts';
import { quarantine, type Poison } from '../../../shared/runtime/quarantine.ts';

/** The newest of an instrument: what is newer than it cannot be stored yet, and what is not is asked after. */
interface Newest {
  quoteMs: number;
  levelsMs: number;
  /** Of the last quote that the bus was told, and whether there was a doubt about it. */
  toldMs: number;
  isToldAsDoubtful: boolean;
}
type State = Record<InstrumentId, Newest>;
/** As it is stored: it is written, and paid for, with each batch. */
type StoredNewest = readonly [quoteMs: number, levelsMs: number, toldMs: number, isToldAsDoubtful: 0 | 1];

interface Effects {
  /** Newer than what was there. */
  readonly quotes: ReceivedQuote[];
  readonly levels: ReceivedLevels[];
  /** Of a time that has passed: sent once more, or history. */
  readonly oldQuotes: ReceivedQuote[];
  readonly oldLevels: ReceivedLevels[];
  /** By instrument, what the bus is to be told. */
  readonly told: Map<InstrumentId, ReceivedQuote>;
  readonly poison: Poison[];
}

type Needs = Pick<Ports, 'state' | 'quotes' | 'bus' | 'clock'>;

/** Writes what a lane is told of books to the store, and what is no row of one to quarantine; tells of the newest. */
export function createHandler(ports: Needs) {
  return defineLaneFold<State, Effects>('store-quotes', ports.state, {
    table: 'market-data',
    key: (lane) => laneKey(lane, 'store-quotes'),
    open: (stored) => openState((stored as Record<InstrumentId, StoredNewest> | undefined) ?? {}),
    store: storedState,
    noEffects: () => ({
      quotes: [],
      levels: [],
      oldQuotes: [],
      oldLevels: [],
      told: new Map(),
      poison: [],
    }),
    fold: takeRecord,
    emit: async (effects, emission) => emitBatch(ports, effects, emission),
  });
}

function openState(stored: Readonly<Record<InstrumentId, StoredNewest>>): State {
  return Object.fromEntries(
    Object.entries(stored).map(([id, [quoteMs, levelsMs, toldMs, isToldAsDoubtful]]) => {
      return [id, { quoteMs, levelsMs, toldMs, isToldAsDoubtful: isToldAsDoubtful === 1 }];
    }),
  );
}

function storedState(state: State): Record<InstrumentId, StoredNewest> {
  return Object.fromEntries(
    Object.entries(state).map(([id, { quoteMs, levelsMs, toldMs, isToldAsDoubtful }]) => {
      return [id, [quoteMs, levelsMs, toldMs, isToldAsDoubtful ? 1 : 0] as const];
    }),
  );
}

function takeRecord(state: State, { record, lane }: FoldedRecord, effects: Effects): void {
  // What cannot be read at all is for store-trades to set aside.
  if (record.kind !== 'trades' || record.books === undefined) return;
  const { quotes, levels, poison } = readBookRows(record);
  for (const quote of quotes) {
    const newest = newestOf(state, quote.instrumentId);
    if (quote.timeMs > newest.quoteMs) {
      newest.quoteMs = quote.timeMs;
      effects.quotes.push(quote);
      if (isDue(newest, quote)) effects.told.set(quote.instrumentId, quote);
    } else effects.oldQuotes.push(quote);
  }
  for (const one of levels) {
    const newest = newestOf(state, one.instrumentId);
    if (one.timeMs > newest.levelsMs) {
      newest.levelsMs = one.timeMs;
      effects.levels.push(one);
    } else effects.oldLevels.push(one);
  }
  for (const { cause, payload, instrumentId } of poison)
    effects.poison.push({ kind: 'quote', cause, payload, instrumentId, lane, functionName: 'store-quotes' });
}

function newestOf(state: State, instrumentId: InstrumentId): Newest {
  return (state[instrumentId] ??= { quoteMs: -1, levelsMs: -1, toldMs: -1, isToldAsDoubtful: false });
}

const TELL_EVERY_MS = 1000;

/** Once a second of venue time; that a book has fallen into doubt is told at once, since nothing may follow it for long. */
function isDue(newest: Newest, { timeMs, quality }: ReceivedQuote): boolean {
  const isDoubtful = isDoubtfulBook(quality);
  const isNextSecond = Math.floor(timeMs / TELL_EVERY_MS) > Math.floor(newest.toldMs / TELL_EVERY_MS);
  if (!isNextSecond && !(isDoubtful && !newest.isToldAsDoubtful)) return false;
  newest.toldMs = timeMs;
  newest.isToldAsDoubtful = isDoubtful;
  return true;
}

async function emitBatch(
  { quotes: store, state, bus, clock }: Needs,
  { quotes, levels, oldQuotes, oldLevels, told, poison }: Effects,
  { mayRepeat, invocation }: Emission,
): Promise<void> {
  if (quotes.length > 0) await store.insertQuotes(quotes, { mayRepeat });
  if (levels.length > 0) await store.insertLevels(levels, { mayRepeat });
  if (oldQuotes.length > 0) await store.insertQuotes(oldQuotes, { mayRepeat: true });
  if (oldLevels.length > 0) await store.insertLevels(oldLevels, { mayRepeat: true });
  for (const one of poison) await quarantine(state, one, clock.nowMs());
  const events = eventsOf([...told.values()], levels);
  if (events.length > 0) await bus.publish(events);
  await tellOfQuality(bus, logOf([...quotes, ...oldQuotes]));
  for (const [venue, ofVenue] of Map.groupBy([...quotes, ...oldQuotes], venueOf))
    invocation.countOf(venue, 'quotesStored', ofVenue.length);
  if (poison.length > 0) invocation.count('quarantined', poison.length);
}

function logOf(quotes: readonly ReceivedQuote[]): QualityLog {
  const log = new QualityLog();
  for (const quote of quotes)
    if (quote.quality !== UNFLAGGED)
      log.noteFlags('book', quote, () => `bid ${shown(quote.bid)}, ask ${shown(quote.ask)}`);
  return log;
}

function shown(level: ReceivedQuote['bid']): string {
  return level === null ? 'none' : formatDecimal(level.price);
}

function venueOf({ instrumentId }: ReceivedQuote): string {
  return exchangeOf(instrumentId);
}

/** Of the levels the newest of each instrument in a batch: a screen shows no more than that. */
function eventsOf(quotes: readonly ReceivedQuote[], levels: readonly ReceivedLevels[]): BusEvent[] {
  const newestLevels = [...new Map(levels.map((one) => [one.instrumentId, one])).values()];
  const events: BusEvent[] = [];
  const most = Math.max(quotes.length, newestLevels.length);
  for (let from = 0; from < most; from += MAX_BOOKS_AN_EVENT) {
    const to = from + MAX_BOOKS_AN_EVENT;
    const detail = {
      quotes: quotes.slice(from, to).map(quoteViewOf),
      books: newestLevels.slice(from, to).map((one) => bookViewOf(one)),
    };
    events.push({ detailType: 'QuotesChangedV1', detail });
  }
  return events;
}
