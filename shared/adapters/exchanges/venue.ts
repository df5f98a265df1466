/**
 * How a venue joins the platform: a decoder, which reads what it says, and what it takes to listen to it. Both are pure:
 * no connection, no clock. Everything else (sockets, patience, budgets, order, archive) is the collector's, once for all.
 */
import type { ToldTrade } from '../../contracts/lane-rows.ts';
import type {
  BookDelta,
  BookRules,
  BookSnapshot,
  ToldQuote,
} from '../../domain/market-data/book/book-keeper.ts';
import type { Interval } from '../../domain/candles/interval.ts';
import type { CandleField } from '../../domain/candles/plain-fold.ts';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { Listing } from '../../domain/market-data/listing.ts';
import type { SymbolDirectory } from './symbol-directory.ts';

export interface Venue {
  readonly exchange: Exchange;
  /** Its own, with everything below them: what is heard there is real. */
  readonly domains: readonly string[];
  /**
   * Reads what a user typed: the venue's own symbol, `BASE-QUOTE` or an instrument id. `null`: none of them.
   * @param directory what the venue lists, as far as that is known.
   */
  readInstrument(text: string, directory?: SymbolDirectory): InstrumentId | null;
  /**
   * A new one for each connection: it may remember what came before.
   * @param directory of the tape that it reads, which catalogues are taken into; default: one of its own.
   */
  decoder(directory?: SymbolDirectory): Decoder;
  /** `null`: its books are not read. */
  readonly books: BookRules | null;
  /** `null`: its captures can be read, and nobody listens to it. */
  readonly live: LiveVenue | null;
  /** `null`: nobody asks it for its past. */
  readonly history: VenueHistory | null;
}

/** A message as it came from a venue, over whichever way. */
export interface VenueMessage {
  /** `ws` or `rest`. */
  readonly kind: string;
  /** Where it was asked or heard: which market it is of, and which question a REST answer answers, is read from it. */
  readonly url: string;
  readonly message: string;
}

/** Reads the messages of one connection, in their order. */
export interface Decoder {
  /** @returns what the message says, at least one event. Never throws, whatever the message is. */
  read(message: VenueMessage, receivedAtMs: number): readonly VenueEvent[];
}

export type VenueEvent =
  | VenueTrade
  | VenueBookSnapshot
  | VenueBookDelta
  | VenueQuote
  | BookGap
  /** The venue's clock, as it was when the message was sent. */
  | { readonly kind: 'clock'; readonly venueTimeMs: number }
  /** Understood, and nothing follows from it: a heartbeat, an acknowledgement. */
  | { readonly kind: 'notice'; readonly what: string }
  /** The venue does not do what it was asked to. */
  | { readonly kind: 'refused'; readonly cause: string }
  /** Messages of this connection are missing before this one. */
  | { readonly kind: 'sequence-gap'; readonly expected: number; readonly got: number }
  /** What this decoder does not read: a channel that it does not know, another market of the same venue. */
  | { readonly kind: 'set-aside'; readonly what: string; readonly cause: string }
  /** What the venue's catalogue says of one instrument, from now on. */
  | { readonly kind: 'instrument'; readonly listing: Listing }
  /**
   * Nothing in it can be located: not JSON, or a trade of nobody knows what.
   * `what`: the kind by which it is counted, where there are several.
   */
  | { readonly kind: 'malformed'; readonly cause: string; readonly what?: string };

/**
 * Trades of one message come in ascending order of their ids. A field that is not what it should be is passed on as it
 * came, up to `MAX_FIELD_CHARACTERS`, so that the reader of the record sets aside this one trade and says why.
 */
export interface VenueTrade extends ToldTrade {
  readonly kind: 'trade';
  /** One of the newest, which a subscription begins with: what a stream left out may be among them. */
  readonly isOfNewest?: true;
}

/** Tokens of levels are text without an exponent, as long as fields are; whether they are numbers is for the book to say. */
export interface VenueBookSnapshot extends BookSnapshot {
  readonly kind: 'book-snapshot';
  readonly instrumentId: InstrumentId;
}

export interface VenueBookDelta extends BookDelta {
  readonly kind: 'book-delta';
  readonly instrumentId: InstrumentId;
  /** `null`: it was not told. */
  readonly venueTimeMs: number | null;
}

/** The best prices, told beside the book. */
export interface VenueQuote extends ToldQuote {
  readonly kind: 'quote';
  readonly instrumentId: InstrumentId;
}

/** What belongs to a book could not be read, or did not come. */
export interface BookGap {
  readonly kind: 'book-gap';
  /** `null`: all books of this connection. */
  readonly instrumentId: InstrumentId | null;
  readonly cause: string;
}

/** What the collector must know to listen to the venue itself. */
export interface LiveVenue {
  readonly endpoints: VenueEndpoints;
  readonly limits: VenueLimits;
  /** The connections over which these instruments are heard, as many as the venue's limits demand. */
  connect(endpoints: VenueEndpoints, instrumentIds: readonly InstrumentId[]): readonly VenueLine[];
  /** As the venue's messages name the instrument. */
  symbolOf(instrumentId: InstrumentId): string;
  /** `null`: what the stream did not bring cannot be fetched. */
  readonly backfill: Backfill | null;
  /** Asks for the newest trade. */
  latestTrade(rest: string, instrumentId: InstrumentId): VenueRequest;
  /** Asks for the venue's clock. */
  time(rest: string): VenueRequest;
  /** Asks what the venue lists, all of it. `null`: it does not say. */
  readonly catalogue: ((rest: string) => VenueRequest) | null;
  /** `null`: its books are not listened to. */
  readonly books: LiveBooks | null;
}

/** How a book is begun, and begun anew where it has lost something. */
export type LiveBooks =
  /** By a question, which tells all levels or the best of them. */
  | {
      readonly kind: 'asked';
      snapshot(rest: string, instrumentId: InstrumentId): VenueRequest;
      /** Tells fewer levels for less weight: where there is no room for more, a book begins with these. */
      brief(rest: string, instrumentId: InstrumentId): VenueRequest;
    }
  /** By a subscription: what is said over the connection ends those of these books and begins them anew. */
  | { readonly kind: 'told'; resubscribe(instrumentIds: readonly InstrumentId[]): readonly string[] };

export interface VenueEndpoints {
  /** Without what a venue's own `connect` adds: `wss://stream.binance.com:9443`, `wss://ws.kraken.com/v2`. */
  readonly ws: string;
  readonly rest: string;
}

/** What the venue grants to one address over REST. */
export interface VenueLimits {
  readonly weightPerMinute: number;
  /** Where less than half of the minute's may be asked at once. */
  readonly weightAtOnce?: number;
}

/** One connection. */
export interface VenueLine {
  readonly url: string;
  /** Whose trades it tells: none, where it tells of books alone. */
  readonly instrumentIds: readonly InstrumentId[];
  /** Whose books it tells. */
  readonly bookIds: readonly InstrumentId[];
  /** Sent one after the other once it is open. */
  readonly subscribe: readonly string[];
  /** Sent again and again, beside the WebSocket's own pings. `null`: the venue has no such message. */
  readonly keepAlive: { readonly message: string; readonly everyMs: number } | null;
  /**
   * What makes the venue say over the open line which trades of these instruments are its newest. `null`: nothing does, and
   * a subscription does not begin with them either.
   */
  readonly sayNewest: ((instrumentIds: readonly InstrumentId[]) => readonly string[]) | null;
}

/** A REST request and what it costs of the budget. */
export interface VenueRequest {
  readonly url: string;
  readonly weight: number;
  /** What can wait leaves the greater part of the budget to what cannot: a book to trades. Left out: it cannot. */
  readonly urgency?: 'can-wait';
  /** The longest answer that is read, where it is longer than a page of trades. */
  readonly mostCharacters?: number;
}

/** The last trade of an instrument that is known. */
export interface KnownTrade {
  readonly tradeId: number;
  /** `null`: of an earlier run, which left the id alone. */
  readonly timeMs: number | null;
}

/** Fetches what came after a known trade, by ids, by time or by a cursor: how is the venue's business. */
export interface Backfill {
  first(rest: string, instrumentId: InstrumentId, after: KnownTrade, nowMs: number): BackfillPage;
}

/** One question, and what follows from its answer. */
export interface BackfillPage {
  readonly request: VenueRequest;
  /**
   * @param trades of the answer, as the decoder read it.
   * @returns those that can go on, ascending, with none missing before them that a later page would bring; and the next
   *   page. `null`: the venue has told what it has by now.
   */
  read(trades: readonly VenueTrade[]): {
    readonly trades: readonly VenueTrade[];
    readonly next: BackfillPage | null;
  };
}

/** What is asked for: at or after the first, before the second. */
export interface HistoryRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a venue tells of its past over REST, page by page. */
export interface VenueHistory {
  readonly candles: CandleHistory;
  readonly trades: TradeHistory;
  /** Whether an answer says to ask again later, where the venue does not say so by its status. Left out: none does. */
  readonly isBusy?: (answer: unknown) => boolean;
}

export interface CandleHistory {
  /** Those that the venue has, of ours. */
  readonly intervals: readonly Interval[];
  readonly candlesAPage: number;
  /** It tells of so many of the newest alone, the one under way among them; null: of all that it ever had. */
  readonly newestOnly: number | null;
  /** What it does not say of a candle. */
  readonly untold: readonly CandleField[];
  /** Asks for the candles that open in a range, which is of one page at most. */
  request(rest: string, instrumentId: InstrumentId, interval: Interval, range: HistoryRange): VenueRequest;
  /** @returns the rows of an answer, in any order; null: it has none, because the venue refuses. */
  read(answer: unknown): readonly ToldCandle[] | null;
}

/** As the venue wrote it, with times in milliseconds; what is wrong with it is for whoever reads rows to say. */
export interface ToldCandle {
  readonly openTimeMs: unknown;
  readonly closeTimeMs?: unknown;
  readonly open: unknown;
  readonly high: unknown;
  readonly low: unknown;
  readonly close: unknown;
  readonly volume: unknown;
  readonly quoteVolume?: unknown;
  readonly tradeCount?: unknown;
  readonly takerBuyVolume?: unknown;
}

export interface TradeHistory {
  first(rest: string, instrumentId: InstrumentId, range: HistoryRange): TradePage;
}

/** One question, and what follows from its answer. */
export interface TradePage {
  readonly request: VenueRequest;
  /**
   * @param trades of the answer, as the decoder read them.
   * @param answer itself, where it is none of trades.
   * @returns those that count, and the next page; null: the venue has told all of the range.
   */
  read(
    trades: readonly VenueTrade[],
    answer: unknown,
  ): { readonly trades: readonly VenueTrade[]; readonly next: TradePage | null };
}
