/**
 * Reads Binance spot messages. One trade a message and millions of messages: after JSON.parse there are only
 * property reads, and no schema, since the record's reader checks every row anyway.
 */
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { asAnswers } from '../as-answers.ts';
import { hasBarePair, numberQuoter, plainDecimal, quotePairs } from '../raw-numbers.ts';
import { bounded, isFields, named, parseJson, questionOf, shown, type Fields } from '../told-fields.ts';
import { SymbolDirectory } from '../symbol-directory.ts';
import type { Decoder, VenueEvent, VenueMessage, VenueTrade } from '../venue.ts';
import { otherMarket } from '../own-market.ts';
import { readBookTicker, readDepth, readDepthUpdate } from './books.ts';
import { isWholeCatalogue, readCatalogue } from './catalogue.ts';
import { binanceMarket } from './market.ts';
import { instrumentOfSymbol } from './symbols.ts';

/** It remembers nothing but the catalogue: every other message says of itself what it is. */
export class BinanceDecoder implements Decoder {
  readonly #directory: SymbolDirectory;

  constructor(directory: SymbolDirectory = new SymbolDirectory()) {
    this.#directory = directory;
  }

  read({ kind, url, message }: VenueMessage, receivedAtMs: number): readonly VenueEvent[] {
    const otherPlace = binanceMarket(url);
    if (otherPlace !== null) return otherMarket(otherPlace);
    const json = parseJson(message);
    if (json === null) return [{ kind: 'malformed', cause: 'not JSON' }];
    const value: unknown = hasBareAmount(json.value) ? JSON.parse(quoteAmounts(message)) : json.value;
    if (kind === 'rest') return asAnswers(readAnswer(value, url, receivedAtMs, this.#directory));
    if (!isFields(value)) return [{ kind: 'malformed', cause: 'expected a JSON object' }];
    return readEvent(eventOf(value), value['stream'], receivedAtMs, this.#directory);
  }
}

function eventOf(value: Fields): Fields {
  const { data } = value as { data?: unknown };
  return isFields(data) ? data : value;
}

/** Binance writes amounts as text. Who wrote its messages anew may have made numbers of them: their digits are read. */
const quoteNamed = numberQuoter(['p', 'q', 'price', 'qty', 'b', 'B', 'a', 'A']);

function quoteAmounts(message: string): string {
  return quotePairs(quoteNamed(message));
}

function hasBareAmount(value: unknown): boolean {
  if (Array.isArray(value))
    return value.some(
      (row) => isFields(row) && (typeof row['price'] === 'number' || typeof row['qty'] === 'number'),
    );
  if (!isFields(value)) return false;
  const { e, p, q, b, a, B, A, bids, asks } = eventOf(value);
  if (e === 'trade') return typeof p === 'number' || typeof q === 'number';
  if ([b, B, a, A].some((best) => typeof best === 'number')) return true;
  return hasBarePair(b) || hasBarePair(a) || hasBarePair(bids) || hasBarePair(asks);
}

/** A WebSocket event, out of its stream wrapper. https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams */
function readEvent(
  event: Fields,
  stream: unknown,
  receivedAtMs: number,
  directory: SymbolDirectory,
): VenueEvent[] {
  const { e, E, s, t, p, q, T, m } = event as Record<'e' | 'E' | 's' | 't' | 'p' | 'q' | 'T' | 'm', unknown>;
  const events: VenueEvent[] =
    typeof E === 'number' ? [{ kind: 'clock', venueTimeMs: inMilliseconds(E) }] : [];
  if (e !== 'trade') {
    events.push(readBookEvent(event, E, directory) ?? readOther(event, stream));
    return events;
  }
  const instrumentId =
    (typeof s === 'string' ? instrumentOfSymbol(s, directory) : null) ??
    instrumentOfStream(stream, directory);
  if (instrumentId === null) return [unknownSymbol('trade', s, directory)];
  events.push(venueTrade(instrumentId, t, p, q, T, m, receivedAtMs));
  return events;
}

/** @returns null: it is none. */
function readBookEvent(event: Fields, at: unknown, directory: SymbolDirectory): VenueEvent | null {
  const { e, s } = event as Record<'e' | 's', unknown>;
  if (e !== 'depthUpdate' && e !== undefined) return null;
  const instrumentId = typeof s === 'string' ? instrumentOfSymbol(s, directory) : null;
  if (e === undefined) return instrumentId === null ? null : readBookTicker(instrumentId, event);
  if (instrumentId === null) return unknownSymbol('book', s, directory);
  return readDepthUpdate(instrumentId, event, typeof at === 'number' ? inMilliseconds(at) : null);
}

/** Nobody knows where it parts, and it is not guessed. */
function unknownSymbol(of: 'trade' | 'book', symbol: unknown, { isWhole }: SymbolDirectory): VenueEvent {
  const name = shown(symbol);
  const why = isWhole ? 'the catalogue does not list it' : 'no catalogue, and its codes are not known';
  return { kind: 'malformed', what: `${of} of ${name}`, cause: `an unknown symbol ${name}: ${why}` };
}

function readOther(event: Fields, stream: unknown): VenueEvent {
  if (event['result'] !== undefined) return { kind: 'notice', what: 'acknowledgement' };
  if (isFields(event['error'])) return { kind: 'refused', cause: shown(event['error']) };
  // `btcusdt@bookTicker` says of itself nothing but its stream.
  const channel = typeof stream === 'string' ? stream.slice(stream.indexOf('@') + 1) : undefined;
  return { kind: 'set-aside', what: named(event['e'] ?? channel, 'no channel'), cause: NOT_READ };
}

const NOT_READ = 'this channel is not read';

/** An answer to a REST request: trades or a book where they were asked for, else perhaps the venue's clock. */
function readAnswer(
  value: unknown,
  url: string,
  receivedAtMs: number,
  directory: SymbolDirectory,
): readonly VenueEvent[] {
  const address = URL.parse(url);
  if (address?.pathname.endsWith('/api/v3/exchangeInfo') === true && isFields(value)) {
    const { symbols } = value;
    if (Array.isArray(symbols)) return directory.take(readCatalogue(symbols), isWholeCatalogue(url));
  }
  if (address?.pathname.endsWith('/api/v3/depth') === true && isFields(value) && value['code'] === undefined)
    return [answeredBook(address.searchParams, value, directory)];
  const isOfTrades = address !== null && /\/api\/v3\/(historicalTrades|trades)$/.test(address.pathname);
  const symbol = isOfTrades ? address.searchParams.get('symbol') : null;
  if (symbol === null || !Array.isArray(value)) return [readOtherAnswer(value, url)];
  const instrumentId = instrumentOfSymbol(symbol, directory);
  if (instrumentId === null) return [unknownSymbol('trade', symbol, directory)];
  if (value.length === 0) return [{ kind: 'notice', what: 'no trades' }];
  return value.map((row: unknown) => answeredTrade(instrumentId, row, receivedAtMs));
}

function answeredBook(question: URLSearchParams, value: Fields, directory: SymbolDirectory): VenueEvent {
  const symbol = question.get('symbol');
  const instrumentId = symbol === null ? null : instrumentOfSymbol(symbol, directory);
  if (instrumentId === null) return unknownSymbol('book', symbol, directory);
  return readDepth(instrumentId, value, question.get('limit'));
}

function readOtherAnswer(value: unknown, url: string): VenueEvent {
  const { serverTime, code, msg } = (isFields(value) ? value : {}) as Record<string, unknown>;
  if (typeof serverTime === 'number') return { kind: 'clock', venueTimeMs: inMilliseconds(serverTime) };
  if (typeof code === 'number' && typeof msg === 'string') return { kind: 'refused', cause: shown(value) };
  return { kind: 'set-aside', what: questionOf(url), cause: 'this question is not read' };
}

function answeredTrade(instrumentId: InstrumentId, row: unknown, receivedAtMs: number): VenueTrade {
  const fields: Fields = isFields(row) ? row : {};
  return venueTrade(
    instrumentId,
    fields['id'],
    fields['price'],
    fields['qty'],
    fields['time'],
    fields['isBuyerMaker'],
    receivedAtMs,
  );
}

/** @param buyerIsMaker true: the buyer's order lay in the book, so the seller was the aggressor. */
function venueTrade(
  instrumentId: InstrumentId,
  id: unknown,
  price: unknown,
  quantity: unknown,
  time: unknown,
  buyerIsMaker: unknown,
  receivedAtMs: number,
): VenueTrade {
  return {
    kind: 'trade',
    instrumentId,
    tradeId: typeof id === 'number' ? String(id) : bounded(id),
    price: amount(price),
    quantity: amount(quantity),
    takerSide: buyerIsMaker === true ? 'S' : buyerIsMaker === false ? 'B' : bounded(buyerIsMaker),
    timeMs: timeOf(time),
    receivedAtMs,
  };
}

/** Binance sends microseconds to whoever connects with `timeUnit=MICROSECOND`; in milliseconds this is the year 5138. */
const LEAST_MICROSECONDS = 1e14;
/** Nanoseconds are no unit of Binance's: they are shown as they came. */
const MOST_MICROSECONDS = 1e17;

function inMilliseconds(time: number): number {
  return time > LEAST_MICROSECONDS && time < MOST_MICROSECONDS ? Math.floor(time / 1000) : time;
}

const DIGITS_OF_TIME = /^\d{13,16}$/;

function timeOf(time: unknown): unknown {
  if (typeof time === 'number') return inMilliseconds(time);
  return typeof time === 'string' && DIGITS_OF_TIME.test(time) ? inMilliseconds(Number(time)) : bounded(time);
}

const POINT = 46;
const ZERO = 48;
/** Binance always writes eight places. */
const PLACES = 8;

/** `61837.63000000` → `61837.63`: a sixth less to carry through the streams. Anything else passes as it is. */
function amount(value: unknown): unknown {
  if (typeof value !== 'string') return bounded(value);
  let end = value.length;
  if (value.charCodeAt(end - PLACES - 1) !== POINT) return bounded(plainDecimal(value));
  while (value.charCodeAt(end - 1) === ZERO) end--;
  if (value.charCodeAt(end - 1) === POINT) end--;
  return bounded(value.slice(0, end));
}

function instrumentOfStream(stream: unknown, directory: SymbolDirectory): InstrumentId | null {
  if (typeof stream !== 'string' || !stream.endsWith('@trade')) return null;
  return instrumentOfSymbol(stream.slice(0, -'@trade'.length).toUpperCase(), directory);
}
