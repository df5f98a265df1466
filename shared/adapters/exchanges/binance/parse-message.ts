/**
 * Reads Binance spot messages. One trade a message and millions of messages: after JSON.parse there are only
 * property reads, and no schema, since the record's reader checks every row anyway.
 */
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import {
  MAX_FIELD_CHARACTERS,
  type ParsedMessage,
  type VenueMessage,
  type VenueTrade,
} from '../venue-protocol.ts';
import { instrumentOfSymbol } from './symbols.ts';

type Fields = Readonly<Record<string, unknown>>;

export function parseBinanceMessage(message: VenueMessage, receivedAtMs: number): ParsedMessage {
  let value: unknown;
  try {
    value = JSON.parse(message.message);
  } catch {
    return { kind: 'malformed', cause: 'not JSON' };
  }
  if (message.kind === 'rest') return parseAnswer(value, message.url, receivedAtMs);
  if (!isFields(value)) return { kind: 'malformed', cause: 'expected a JSON object' };
  const { stream, data } = value as { stream?: unknown; data?: unknown };
  return parseEvent(isFields(data) ? data : value, stream, receivedAtMs);
}

/** A WebSocket event, out of its stream wrapper. https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams */
function parseEvent(event: Fields, stream: unknown, receivedAtMs: number): ParsedMessage {
  const { e, E, s, t, p, q, T, m } = event as Record<'e' | 'E' | 's' | 't' | 'p' | 'q' | 'T' | 'm', unknown>;
  const venueTimeMs = typeof E === 'number' ? inMilliseconds(E) : null;
  if (e !== 'trade') return { kind: 'other', venueTimeMs };
  const instrumentId = (typeof s === 'string' ? instrumentOfSymbol(s) : null) ?? instrumentOfStream(stream);
  if (instrumentId === null) return { kind: 'malformed', cause: `a trade of an unknown symbol ${shown(s)}` };
  return { kind: 'trades', trades: [venueTrade(instrumentId, t, p, q, T, m, receivedAtMs)], venueTimeMs };
}

/** An answer to a REST request: trades where trades were asked for, else perhaps the venue's clock. */
function parseAnswer(value: unknown, url: string, receivedAtMs: number): ParsedMessage {
  const asked = /\/api\/v3\/(?:historicalTrades|trades)\?(?:.*&)?symbol=(\w+)/.exec(url);
  if (asked === null || !Array.isArray(value)) {
    const serverTime = isFields(value) ? value['serverTime'] : undefined;
    return { kind: 'other', venueTimeMs: typeof serverTime === 'number' ? inMilliseconds(serverTime) : null };
  }
  const instrumentId = instrumentOfSymbol(asked[1]!);
  if (instrumentId === null)
    return { kind: 'malformed', cause: `trades of an unknown symbol ${shown(asked[1])}` };
  if (value.length === 0) return { kind: 'other', venueTimeMs: null };
  const trades = value.map((row: unknown) => answeredTrade(instrumentId, row, receivedAtMs));
  return { kind: 'trades', trades, venueTimeMs: null };
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
    instrumentId,
    tradeId: typeof id === 'number' ? String(id) : bounded(id),
    price: amount(price),
    quantity: amount(quantity),
    takerSide: buyerIsMaker === true ? 'S' : buyerIsMaker === false ? 'B' : bounded(buyerIsMaker),
    timeMs: typeof time === 'number' ? inMilliseconds(time) : bounded(time),
    receivedAtMs,
  };
}

/** Binance sends microseconds to whoever connects with `timeUnit=MICROSECOND`; in milliseconds this is the year 5138. */
const LEAST_MICROSECONDS = 1e14;

function inMilliseconds(time: number): number {
  return time > LEAST_MICROSECONDS ? Math.floor(time / 1000) : time;
}

const POINT = 46;
const ZERO = 48;
/** Binance always writes eight places. */
const PLACES = 8;

/** `61837.63000000` → `61837.63`: a sixth less to carry through the streams. Anything else passes as it is. */
function amount(value: unknown): unknown {
  if (typeof value !== 'string') return bounded(value);
  let end = value.length;
  if (value.charCodeAt(end - PLACES - 1) !== POINT) return bounded(value);
  while (value.charCodeAt(end - 1) === ZERO) end--;
  if (value.charCodeAt(end - 1) === POINT) end--;
  return bounded(value.slice(0, end));
}

/** A field that is nonsense is passed on, but not at any length: a record must stay within what a stream takes. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= MAX_FIELD_CHARACTERS ? value : value.slice(0, MAX_FIELD_CHARACTERS);
  return typeof value === 'object' && value !== null ? shown(value) : value;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, MAX_FIELD_CHARACTERS);
}

function instrumentOfStream(stream: unknown): InstrumentId | null {
  if (typeof stream !== 'string' || !stream.endsWith('@trade')) return null;
  return instrumentOfSymbol(stream.slice(0, -'@trade'.length).toUpperCase());
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
