import { receivedAtMs, type CaptureMessage } from '../../contracts/capture.ts';
import {
  BookKeeper,
  type BookCounters,
  type BookRules,
  type BookSnapshot,
  type BookState,
} from '../../domain/market-data/book/book-keeper.ts';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { VenueEvent } from './venue.ts';
import { venueOf } from './venues.ts';

type Origin = Pick<CaptureMessage, 'exchange' | 'kind' | 'url' | 'connection' | 'receivedAtNs'>;
type BookEvent = Extract<VenueEvent, { readonly instrumentId: InstrumentId }>;

/** The book of one instrument over one connection. */
interface Told {
  readonly connection: string;
  readonly keeper: BookKeeper;
  /** The number of the message that told of it last. */
  heardAt: number;
}

/** What the books of one instrument come to. */
export interface CapturedBook {
  readonly instrumentId: InstrumentId;
  /** Over how many connections it was told. */
  readonly connections: number;
  readonly state: BookState;
  /** Why it is not whole; null: it is, or never was. */
  readonly cause: string | null;
  /** Of all connections together. */
  readonly counters: BookCounters;
  /** The one that is whole, of several the one that was heard of last. */
  readonly book: BookKeeper['book'];
}

/** A connection that says nothing at all for so long has ended: every venue sends something each second, or answers pings. */
const STALE_AFTER_MS = 60_000;
/** A capture with more books than this has somebody making them up. */
const MAX_BOOKS = 10_000;

/** More books than anybody trades. */
export class TooManyBooks extends RangeError {
  override readonly name = 'TooManyBooks';
}

/**
 * The books of a capture: of each instrument one for each connection that tells of it, and where the capture tells none
 * apart, for each address. The answer to a question for a snapshot completes the updates of every connection, since the venue
 * numbers them for all alike, unless its line names the one for which it was asked.
 */
export class CaptureBooks {
  readonly #told = new Map<InstrumentId, Told[]>();
  /** The newest snapshot that was asked for: the first update may come after it. */
  readonly #asked = new Map<InstrumentId, { rules: BookRules; snapshot: BookSnapshot }>();
  /** When anything was heard over a connection. */
  readonly #heardAtMs = new Map<string, number>();
  readonly #rulesOf: (exchange: Exchange) => BookRules | null;
  #nowMs = 0;
  #messages = 0;
  #count = 0;

  constructor(rulesOf: (exchange: Exchange) => BookRules | null = (exchange) => venueOf(exchange).books) {
    this.#rulesOf = rulesOf;
  }

  /** @throws TooManyBooks */
  take(origin: Origin, events: readonly VenueEvent[]): void {
    const connection = connectionOf(origin);
    this.#messages++;
    this.#nowMs = receivedAtMs(origin.receivedAtNs);
    if (origin.kind === 'ws') this.#heardAtMs.set(connection, this.#nowMs);
    const rules = this.#rulesOf(origin.exchange);
    if (rules === null) return;
    for (const event of events) this.#takeEvent(event, connection, origin, rules);
  }

  /** By instrument. */
  all(): readonly CapturedBook[] {
    const ids = new Set([...this.#told.keys(), ...this.#asked.keys()]);
    return [...ids].sort().map((instrumentId) => this.#captured(instrumentId));
  }

  #takeEvent(event: VenueEvent, connection: string, origin: Origin, rules: BookRules): void {
    switch (event.kind) {
      case 'book-snapshot':
        if (origin.kind === 'rest') this.#takeAnswer(event, connection, rules);
        else this.#heard(event, connection, rules).snapshot(event);
        break;
      case 'book-delta': {
        const isNew = this.#find(event.instrumentId, connection) === undefined;
        const keeper = this.#heard(event, connection, rules);
        keeper.delta(event);
        const asked = this.#asked.get(event.instrumentId);
        if (isNew && asked !== undefined) keeper.snapshot(asked.snapshot);
        break;
      }
      case 'quote':
        this.#find(event.instrumentId, connection)?.keeper.quote(event);
        break;
      case 'book-gap':
        if (event.instrumentId === null) this.#loseAll(connection, event.cause);
        else this.#find(event.instrumentId, connection)?.keeper.lose(event.cause);
        break;
      case 'sequence-gap':
        this.#loseAll(connection, `message ${event.expected} should have come, and ${event.got} did`);
        break;
      default:
    }
  }

  #takeAnswer(
    snapshot: BookSnapshot & { readonly instrumentId: InstrumentId },
    connection: string,
    rules: BookRules,
  ): void {
    const { instrumentId } = snapshot;
    const all = this.#told.get(instrumentId) ?? [];
    const own = all.filter((told) => told.connection === connection);
    for (const { keeper } of own.length > 0 ? own : all) keeper.snapshot(snapshot);
    if (!this.#asked.has(instrumentId)) this.#countOne();
    this.#asked.set(instrumentId, { rules, snapshot });
  }

  #find(instrumentId: InstrumentId, connection: string): Told | undefined {
    return this.#told.get(instrumentId)?.find((told) => told.connection === connection);
  }

  /** The book about which something was heard. */
  #heard({ instrumentId }: BookEvent, connection: string, rules: BookRules): BookKeeper {
    let told = this.#find(instrumentId, connection);
    if (told === undefined) {
      this.#countOne();
      told = { connection, keeper: new BookKeeper(rules), heardAt: 0 };
      const all = this.#told.get(instrumentId);
      if (all === undefined) this.#told.set(instrumentId, [told]);
      else all.push(told);
    }
    told.heardAt = this.#messages;
    return told.keeper;
  }

  #countOne(): void {
    if (++this.#count > MAX_BOOKS) throw new TooManyBooks(`more than ${MAX_BOOKS} books`);
  }

  #loseAll(connection: string, cause: string): void {
    for (const all of this.#told.values())
      for (const told of all) if (told.connection === connection) told.keeper.lose(cause);
  }

  #captured(instrumentId: InstrumentId): CapturedBook {
    const all = this.#told.get(instrumentId) ?? [this.#untold(instrumentId)];
    const ranked = all
      .map((told) => ({ ...told, state: this.#stateOf(told) }))
      .sort((a, b) => Number(b.state === 'whole') - Number(a.state === 'whole') || b.heardAt - a.heardAt);
    const { keeper, state } = ranked[0]!;
    return {
      instrumentId,
      connections: all.length,
      state,
      cause: state === 'stale' ? `nothing was heard for ${STALE_AFTER_MS / 1000} s` : keeper.cause,
      counters: sumOf(all.map((told) => told.keeper.counters)),
      book: keeper.book,
    };
  }

  /** A snapshot that nothing followed. */
  #untold(instrumentId: InstrumentId): Told {
    const { rules, snapshot } = this.#asked.get(instrumentId)!;
    const keeper = new BookKeeper(rules);
    keeper.snapshot(snapshot);
    return { connection: '', keeper, heardAt: 0 };
  }

  #stateOf({ connection, keeper }: Told): BookState {
    const heardAtMs = this.#heardAtMs.get(connection) ?? this.#nowMs;
    return keeper.state === 'whole' && this.#nowMs - heardAtMs > STALE_AFTER_MS ? 'stale' : keeper.state;
  }
}

function connectionOf({
  exchange,
  url,
  connection,
}: {
  exchange: Exchange;
  url: string;
  connection?: string;
}): string {
  return `${exchange} ${connection === undefined ? `at ${url}` : `over ${connection}`}`;
}

function sumOf(all: readonly BookCounters[]): BookCounters {
  const sum = { ...all[0]! };
  for (const counters of all.slice(1))
    for (const name of Object.keys(sum) as (keyof BookCounters)[]) sum[name] += counters[name];
  return sum;
}
