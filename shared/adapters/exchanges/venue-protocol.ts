import type { InstrumentId } from '../../domain/market-data/instrument.ts';

/** A message as it came from a venue, over whichever way. */
export interface VenueMessage {
  /** `ws` or `rest`. */
  readonly kind: string;
  /** Where it was asked or heard: the answer to a REST request is understood by it. */
  readonly url: string;
  readonly message: string;
}

/** Decimals and ids are shorter; 500 trades of nothing but longer nonsense would not fit into a record. */
export const MAX_FIELD_CHARACTERS = 40;

/**
 * A trade as the venue told it. Only the instrument is known for certain: a field that is not what it should be
 * is passed on as it came, up to `MAX_FIELD_CHARACTERS`, so that the reader of the record sets aside this one trade
 * and says why.
 */
export interface VenueTrade {
  readonly instrumentId: InstrumentId;
  readonly tradeId: unknown;
  readonly price: unknown;
  readonly quantity: unknown;
  /** Of the aggressor: `B` or `S`. */
  readonly takerSide: unknown;
  readonly timeMs: unknown;
  readonly receivedAtMs: number;
}

export type ParsedMessage =
  /** In the venue's order, at least one. */
  | { readonly kind: 'trades'; readonly trades: readonly VenueTrade[]; readonly venueTimeMs: number | null }
  /** Understood, and no trade. */
  | { readonly kind: 'other'; readonly venueTimeMs: number | null }
  /** Nothing in it can be located: not JSON, or a trade of nobody knows what. */
  | { readonly kind: 'malformed'; readonly cause: string };

/** How one venue speaks. Pure: no connection, no clock. */
export interface VenueProtocol {
  readonly exchange: string;
  parse(message: VenueMessage, receivedAtMs: number): ParsedMessage;
}

/** What the collector must know besides, to listen to the venue itself. */
export interface LiveProtocol extends VenueProtocol {
  readonly endpoints: VenueEndpoints;
  readonly limits: VenueLimits;
  /** Reads what a user typed: the venue's own symbol, `BASE-QUOTE` or an instrument id. `null`: none of them. */
  readInstrument(text: string): InstrumentId | null;
  /** The WebSocket address that delivers the trades of these instruments. */
  tradeStreamUrl(ws: string, instrumentIds: readonly InstrumentId[]): string;
  /** Trades from an id on, oldest first, at most `TRADES_A_PAGE`; the answer is read by `parse`. */
  tradesFromUrl(rest: string, instrumentId: InstrumentId, fromTradeId: number): string;
  /** The newest trade. */
  latestTradeUrl(rest: string, instrumentId: InstrumentId): string;
  /** The venue's clock: `parse` reads the answer's `venueTimeMs`. */
  timeUrl(rest: string): string;
}

/** What the venue grants to one address over REST, and what requests cost of it. */
export interface VenueLimits {
  readonly weightPerMinute: number;
  readonly tradesFromWeight: number;
  readonly latestTradeWeight: number;
  readonly timeWeight: number;
}

export interface VenueEndpoints {
  /** Without a path: `wss://stream.binance.com:9443`. */
  readonly ws: string;
  readonly rest: string;
}

export const TRADES_A_PAGE = 1000;
