import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Listing } from '../market/listing.ts';
import { crossed, risen, type MarketBook } from '../market/market-book.ts';
import { TICK_MS, type MarketTrade, type SimulatedMarket } from '../market/simulated-market.ts';
import { FaultyWire } from './faulty-wire.ts';
import type { InstrumentTick, RestAnswer, Session, VenueProtocol, VenueView } from './protocol.ts';
import { FaultPlan } from './venue-faults.ts';
import { VenueRecord, type PrintedTrade } from './venue-record.ts';

/** What a venue needs of time. */
export interface VenueTime {
  nowMs(): number;
  /** @returns what ends it. */
  every(ms: number, action: () => void): () => void;
}

export interface SimulatedVenueOptions {
  readonly protocol: VenueProtocol;
  readonly market: SimulatedMarket;
  readonly listings: readonly Listing[];
  readonly time: VenueTime;
  /** In [0, 1): decides what faults hit. */
  readonly random: () => number;
  readonly faults?: FaultPlan;
  /** Of before it opened, so much is known to REST. */
  readonly historyMs?: number;
}

/** The other end of a connection. */
export interface Peer {
  receive(text: string): void;
  /** The venue has ended it. */
  cut(cause: string): void;
}

/** A connection as the venue holds it. */
export interface VenueLink {
  hear(text: string): void;
  /** The other end has ended it. */
  close(): void;
}

export interface VenueReply extends RestAnswer {
  /** In seconds; null: nobody is told to wait. */
  readonly retryAfter: number | null;
}

interface Link {
  readonly session: Session;
  readonly peer: Peer;
}

/** Of every tick the updates of a book have so many numbers. */
const UPDATES_A_TICK = 8;
const FLOODED_BY = 30;
const SPIKE_CHANCE = 0.15;
const SPIKED_BY = 5;
/** A process that slept for longer has no listeners left that would want all of it. */
const MOST_TICKS_AT_ONCE = 600;

/** A venue that trades a simulated market and speaks its own protocol, over whatever carries texts and questions to it. */
export class SimulatedVenue {
  readonly faults: FaultPlan;
  readonly record = new VenueRecord();
  /** What was printed before is its past. */
  readonly openedAtMs: number;
  readonly #options: SimulatedVenueOptions;
  readonly #links = new Set<Link>();
  readonly #view: VenueView;
  /** What ids are ahead of the market's own numbers. */
  readonly #idShifts = new Map<InstrumentId, number>();
  /** Instruments of which a reset has happened, with its begin. */
  readonly #resets = new Set<string>();
  #nextTick: number;
  /** What its clock shows as it tells of a tick, which it does at one time; null: it tells of none. */
  #tellingAtMs: number | null = null;
  /** Of each instrument, the book that was asked for last. */
  readonly #lastBooks = new Map<InstrumentId, { readonly tick: number; readonly book: MarketBook }>();
  #endTicks: (() => void) | null = null;
  #connectionsMade = 0;

  constructor(options: SimulatedVenueOptions) {
    const { time, listings, historyMs = 0, faults = new FaultPlan() } = options;
    this.#options = options;
    this.faults = faults;
    this.openedAtMs = time.nowMs();
    this.#nextTick = tickOf(time.nowMs());
    this.#view = {
      listings,
      record: this.record,
      nowMs: () => this.#tellingAtMs ?? this.#clockMs(time.nowMs()),
      bookOf: (listing) => ({
        book: this.#bookOf(listing, this.#nextTick - 1),
        updateId: (this.#nextTick - 1) * UPDATES_A_TICK,
      }),
      toldChecksum: (checksum) =>
        this.faults.isOn('bad-checksum', time.nowMs()) ? (checksum ^ 0x5a5a5a5a) >>> 0 : checksum,
    };
    for (let tick = tickOf(time.nowMs() - historyMs); tick < this.#nextTick; tick++) this.#print(tick);
  }

  get exchange(): Exchange {
    return this.#options.protocol.exchange;
  }

  /** Below its address, where it is heard. */
  get path(): string {
    return this.#options.protocol.path;
  }

  get listings(): readonly Listing[] {
    return this.#options.listings;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#links.size;
  }

  get connectionsMade(): number {
    return this.#connectionsMade;
  }

  /** The market goes on from here. */
  open(): void {
    this.#endTicks ??= this.#options.time.every(TICK_MS, () => this.#catchUp());
  }

  close(): void {
    this.#endTicks?.();
    this.#endTicks = null;
    this.#cutAll('the venue closes');
  }

  /** @param target path and query. @returns null: it takes no connection now. */
  connect(target: string, peer: Peer): VenueLink | null {
    const { protocol, time, random } = this.#options;
    if (this.faults.isOn('disconnect', time.nowMs())) return null;
    const wire = new FaultyWire({
      faults: this.faults,
      nowMs: () => time.nowMs(),
      random,
      send: (text) => peer.receive(text),
    });
    const session = protocol.open(target, this.#view, (text) => wire.say(text));
    const link = { session, peer };
    this.#links.add(link);
    this.#connectionsMade++;
    return {
      hear: (text) => {
        if (this.#links.has(link)) session.hear(text);
      },
      close: () => void this.#links.delete(link),
    };
  }

  /** @param target path and query. */
  answer(target: string): VenueReply {
    const { protocol, time } = this.#options;
    const bannedUntil = this.faults.endOf('rest-ban', time.nowMs());
    if (bannedUntil === null) return { ...protocol.answer(target, this.#view), retryAfter: null };
    const retryAfter = Math.ceil((bannedUntil - time.nowMs()) / 1000);
    return { status: 429, body: { code: -1003, msg: 'Too many requests.' }, retryAfter };
  }

  /** The book as it was last sent. */
  bookOf(listing: Listing): MarketBook {
    return this.#view.bookOf(listing).book;
  }

  #catchUp(): void {
    const now = this.#options.time.nowMs();
    const due = tickOf(now);
    if (due - this.#nextTick > MOST_TICKS_AT_ONCE) {
      this.#cutAll('the venue was away');
      while (due - this.#nextTick > MOST_TICKS_AT_ONCE) this.#nextTick++;
      while (this.#nextTick < due) this.#print(this.#nextTick++);
      return;
    }
    if (this.faults.isOn('disconnect', now)) this.#cutAll('cut');
    while (this.#nextTick < due) {
      const ticks = this.#print(this.#nextTick++);
      this.#tellingAtMs = this.#clockMs(now);
      for (const { session } of this.#links) session.tick(ticks);
      this.#tellingAtMs = null;
      if (this.#nextTick % (1000 / TICK_MS) === 0) for (const { session } of this.#links) session.second();
    }
  }

  /** What is traded within a tick, whoever listens. */
  #print(tick: number): readonly InstrumentTick[] {
    const { listings } = this.#options;
    return listings.map((listing): InstrumentTick => {
      const trades = this.#tradesOf(listing, tick).map((trade) => {
        const printed = this.#numbered(listing, trade);
        this.record.note(listing.instrumentId, printed);
        return printed;
      });
      let books: { before: MarketBook; after: MarketBook } | null = null;
      return {
        listing,
        trades,
        books: () => (books ??= this.#toldBooks(listing, tick)),
        updateIds: { first: (tick - 1) * UPDATES_A_TICK + 1, last: tick * UPDATES_A_TICK },
      };
    });
  }

  /** The book at the end of a tick. */
  bookAfter(listing: Listing, tick: number): MarketBook {
    const atMs = tick * TICK_MS;
    const book = risen(this.#options.market.bookOf(listing, tick), this.faults.drift(atMs));
    return this.faults.isOn('crossed-book', atMs) && listing.asset % 3 === 0 ? crossed(book, listing) : book;
  }

  #toldBooks(listing: Listing, tick: number): { before: MarketBook; after: MarketBook } {
    const [before, after] = [this.#bookOf(listing, tick - 1), this.#bookOf(listing, tick)];
    const [[bid = null], [ask = null]] = [after.bids, after.asks];
    const printedAtMs = this.#options.time.nowMs();
    const toldAtMs = this.#view.nowMs();
    this.record.noteBest(listing.instrumentId, { tick, toldAtMs, printedAtMs, bid, ask });
    return { before, after };
  }

  /** What a tick leaves is what the next one begins with. */
  #bookOf(listing: Listing, tick: number): MarketBook {
    const last = this.#lastBooks.get(listing.instrumentId);
    if (last?.tick === tick) return last.book;
    const book = this.bookAfter(listing, tick);
    this.#lastBooks.set(listing.instrumentId, { tick, book });
    return book;
  }

  #tradesOf(listing: Listing, tick: number): readonly MarketTrade[] {
    const trades = this.#options.market.tradesOf(listing, tick);
    const isFlooded = listing.asset % 8 === 1 && this.faults.isOn('flood', tick * TICK_MS);
    return isFlooded ? trades.flatMap((trade) => Array<MarketTrade>(FLOODED_BY).fill(trade)) : trades;
  }

  #numbered(listing: Listing, trade: MarketTrade): PrintedTrade {
    const { instrumentId } = listing;
    const printed = this.record.latest(instrumentId, 1)[0];
    const isReset = this.#isReset(listing, trade);
    let shift = this.#idShifts.get(instrumentId) ?? 0;
    if (isReset) shift = 1 - trade.number;
    else if (printed !== undefined && trade.number + shift <= printed.id)
      shift = printed.id + 1 - trade.number;
    this.#idShifts.set(instrumentId, shift);
    const { number, priceTicks, quantitySteps, timeMs, isBuy } = trade;
    return {
      id: number + shift,
      priceTicks: this.#spiked(Math.round(priceTicks * this.faults.drift(timeMs)), timeMs),
      quantitySteps,
      timeMs: this.#clockMs(timeMs),
      isBuy,
      printedAtMs: timeMs,
    };
  }

  #isReset({ instrumentId }: Listing, { timeMs }: MarketTrade): boolean {
    const begin = this.faults.beginOf('id-reset', timeMs);
    if (begin === null || this.#resets.has(`${instrumentId} ${begin}`)) return false;
    this.#resets.add(`${instrumentId} ${begin}`);
    return true;
  }

  #spiked(priceTicks: number, timeMs: number): number {
    const { random } = this.#options;
    if (!this.faults.isOn('price-spike', timeMs) || random() >= SPIKE_CHANCE) return priceTicks;
    return random() < 0.5 ? priceTicks * SPIKED_BY : Math.max(1, Math.round(priceTicks / SPIKED_BY));
  }

  #clockMs(timeMs: number): number {
    return timeMs + this.faults.skewMs(timeMs);
  }

  #cutAll(cause: string): void {
    for (const link of [...this.#links]) {
      this.#links.delete(link);
      link.peer.cut(cause);
    }
  }
}

function tickOf(timeMs: number): number {
  return Math.floor(timeMs / TICK_MS);
}
