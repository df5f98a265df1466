/** How a simulated venue speaks: what is sent over a connection, and what a question is answered. */
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { Listing } from '../market/listing.ts';
import type { MarketBook } from '../market/market-book.ts';
import type { PrintedTrade, VenueRecord } from './venue-record.ts';

/** What a venue has to tell of, whoever asks. */
export interface VenueView {
  readonly listings: readonly Listing[];
  readonly record: VenueRecord;
  /** The venue's clock. */
  readonly nowMs: () => number;
  /** The book as it was last sent. */
  readonly bookOf: (listing: Listing) => NumberedBook;
  /** A checksum as the venue tells it. */
  readonly toldChecksum: (checksum: number) => number;
}

export interface NumberedBook {
  readonly book: MarketBook;
  /** Of the last update in it. */
  readonly updateId: number;
}

/** What happened to an instrument within a tick. */
export interface InstrumentTick {
  readonly listing: Listing;
  readonly trades: readonly PrintedTrade[];
  /** Nobody pays for a book that nobody listens to. */
  readonly books: () => { readonly before: MarketBook; readonly after: MarketBook };
  readonly updateIds: { readonly first: number; readonly last: number };
}

/** One connection. */
export interface Session {
  /** What the client says. */
  hear(text: string): void;
  tick(ticks: readonly InstrumentTick[]): void;
  /** A second has passed. */
  second(): void;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface VenueProtocol {
  readonly exchange: Exchange;
  /** Where it is heard, below the address of the venue. */
  readonly path: string;
  /** @param target path and query of the connection. */
  open(target: string, view: VenueView, say: (text: string) => void): Session;
  /** @param target path and query of the question. */
  answer(target: string, view: VenueView): RestAnswer;
}

export const NO_SUCH_PATH: RestAnswer = { status: 404, body: { message: 'no such path' } };

/** A number out of a query. */
export function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  const number = text === null || text === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : otherwise;
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
