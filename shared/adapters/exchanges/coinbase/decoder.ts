/** Reads messages of Coinbase Advanced Trade and the REST answers that fill its gaps. */
import { asAnswers } from '../as-answers.ts';
import { otherMarket } from '../own-market.ts';
import { numberQuoter, plainDecimal } from '../raw-numbers.ts';
import { inTapeOrder } from '../tape-order.ts';
import {
  bounded,
  isFields,
  isoTimeMs,
  named,
  parseJson,
  questionOf,
  shown,
  type Fields,
} from '../told-fields.ts';
import { SymbolDirectory } from '../symbol-directory.ts';
import type { Decoder, VenueEvent, VenueMessage, VenueTrade } from '../venue.ts';
import { readLevel2 } from './books.ts';
import { isWholeCatalogue, readCatalogue } from './catalogue.ts';
import { coinbaseMarket } from './market.ts';
import { instrumentOfProduct } from './symbols.ts';

/** No message is overtaken by those of a second later. */
const OVERTAKEN_WITHIN_MS = 1000;
const PAST: VenueEvent = { kind: 'notice', what: 'past message' };

/** Every message of a connection has a number: they count up by one, over all of its channels. */
export class CoinbaseDecoder implements Decoder {
  readonly #directory: SymbolDirectory;
  #expected: number | null = null;
  /** The latest time at which the venue says that it sent a message. */
  #sentMs = -1;

  constructor(directory: SymbolDirectory = new SymbolDirectory()) {
    this.#directory = directory;
  }

  read({ kind, url, message }: VenueMessage, receivedAtMs: number): readonly VenueEvent[] {
    const otherPlace = coinbaseMarket(url);
    if (otherPlace !== null) return otherMarket(otherPlace);
    const json = parseJson(message);
    if (json === null) return [{ kind: 'malformed', cause: 'not JSON' }];
    if (!isFields(json.value)) return [{ kind: 'malformed', cause: 'expected a JSON object' }];
    const value = hasBareAmount(json.value) ? (JSON.parse(quoteAmounts(message)) as Fields) : json.value;
    if (kind === 'rest') return asAnswers(readAnswer(value, url, receivedAtMs, this.#directory));
    if (value['channel'] === undefined) return [readOther(value)];
    const number = value['sequence_num'];
    const sentMs = isoTimeMs(value['timestamp']);
    const isPast = this.#isPast(number, sentMs);
    const read = readChannel(value, receivedAtMs);
    return [
      ...(isPast ? [PAST] : this.#follow(number, sentMs)),
      ...(sentMs === null ? [] : [{ kind: 'clock', venueTimeMs: sentMs } as const]),
      // The levels have changed since; a trade is known by its id.
      ...(isPast ? read.filter(({ kind }) => kind !== 'book-snapshot' && kind !== 'book-delta') : read),
    ];
  }

  /**
   * It has come before, or was overtaken: that it was missing was told when its number was passed over. One that was sent
   * long after all that came before it is of a connection whose first messages nobody has recorded.
   */
  #isPast(number: unknown, sentMs: number | null): boolean {
    if (this.#expected === null || typeof number !== 'number' || number >= this.#expected) return false;
    return number > 0 && (sentMs === null || sentMs <= this.#sentMs + OVERTAKEN_WITHIN_MS);
  }

  /** @returns what is missing before the message of this number. The first of a connection is 0. */
  #follow(number: unknown, sentMs: number | null): readonly VenueEvent[] {
    if (sentMs !== null && sentMs > this.#sentMs) this.#sentMs = sentMs;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) return [];
    const expected = this.#expected;
    this.#expected = number + 1;
    if (expected === null || number === expected) return [];
    if (number < expected)
      return [{ kind: 'book-gap', instrumentId: null, cause: 'the venue begins to count anew' }];
    return [{ kind: 'sequence-gap', expected, got: number }];
  }
}

/** Coinbase writes amounts as text. Who wrote its messages anew may have made numbers of them: their digits are read. */
const quoteAmounts = numberQuoter(['price', 'size', 'price_level', 'new_quantity']);

function hasBareAmount(value: Fields): boolean {
  const { channel } = value;
  const [price, amount, rows] =
    channel === 'l2_data'
      ? (['price_level', 'new_quantity', listsOf(value, 'updates')] as const)
      : (['price', 'size', rowsOf(value)] as const);
  return rows.some(
    (row) => isFields(row) && (typeof row[price] === 'number' || typeof row[amount] === 'number'),
  );
}

/** The trades of a message or of an answer, whatever else it has. */
function rowsOf(value: Fields): readonly unknown[] {
  const { channel, trades } = value;
  if (Array.isArray(trades)) return trades;
  return channel === 'market_trades' ? listsOf(value, 'trades') : [];
}

/** What the events of a message have under this name. */
function listsOf({ events }: Fields, name: 'trades' | 'updates'): readonly unknown[] {
  if (!Array.isArray(events)) return [];
  return events.flatMap((event: unknown) => {
    const told = isFields(event) ? event[name] : undefined;
    return Array.isArray(told) ? (told as unknown[]) : [];
  });
}

/** https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
function readChannel(value: Fields, receivedAtMs: number): readonly VenueEvent[] {
  const { channel, events } = value;
  if (channel === 'heartbeats' || channel === 'subscriptions') return [{ kind: 'notice', what: channel }];
  if (channel === 'l2_data') return readLevels(value);
  if (channel !== 'market_trades')
    return [{ kind: 'set-aside', what: named(channel, 'no channel'), cause: 'this channel is not read' }];
  if (!Array.isArray(events)) return [{ kind: 'malformed', cause: 'trades without a list of them' }];
  const [first] = events as unknown[];
  const told = readTrades(rowsOf(value), receivedAtMs);
  return isFields(first) && first['type'] === 'snapshot' ? told.map(ofNewest) : told;
}

/** A subscription begins with the newest trades. */
function ofNewest(event: VenueEvent): VenueEvent {
  return event.kind === 'trade' ? { ...event, isOfNewest: true, isAnswer: true } : event;
}

function readLevels({ events, timestamp }: Fields): readonly VenueEvent[] {
  if (!Array.isArray(events) || events.length === 0)
    return [{ kind: 'malformed', cause: 'levels without a list of events' }];
  return events.map((event: unknown): VenueEvent => {
    const fields: Fields = isFields(event) ? event : {};
    const product = fields['product_id'];
    const instrumentId = typeof product === 'string' ? instrumentOfProduct(product) : null;
    return instrumentId === null ? notSpot(product) : readLevel2(instrumentId, fields, isoTimeMs(timestamp));
  });
}

/** A message without a channel: Coinbase has refused something, or it is of the older feed. */
function readOther({ type, message }: Fields): VenueEvent {
  if (type === 'error') return { kind: 'refused', cause: shown(message) };
  return { kind: 'set-aside', what: named(type, 'no channel'), cause: 'this message is not read' };
}

/** https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-market-trades */
function readAnswer(
  value: Fields,
  url: string,
  receivedAtMs: number,
  directory: SymbolDirectory,
): readonly VenueEvent[] {
  const path = URL.parse(url)?.pathname ?? '';
  const { trades, epochMillis, error, products } = value;
  if (path.endsWith('/products') && Array.isArray(products))
    return directory.take(readCatalogue(products), isWholeCatalogue(url, value));
  if (path.endsWith('/brokerage/time') && typeof epochMillis === 'string')
    return [{ kind: 'clock', venueTimeMs: Number(epochMillis) }];
  if (path.endsWith('/ticker') && Array.isArray(trades)) return readTrades(trades, receivedAtMs);
  if (error !== undefined) return [{ kind: 'refused', cause: shown(value) }];
  return [{ kind: 'set-aside', what: questionOf(url), cause: 'this question is not read' }];
}

/** The newest come first. */
function readTrades(rows: readonly unknown[], receivedAtMs: number): readonly VenueEvent[] {
  if (rows.length === 0) return [{ kind: 'notice', what: 'no trades' }];
  const trades: VenueTrade[] = [];
  const others: VenueEvent[] = [];
  for (const row of rows) {
    const read = readTrade(isFields(row) ? row : {}, receivedAtMs);
    if (read.kind === 'trade') trades.push(read);
    else others.push(read);
  }
  return [...others, ...inTapeOrder(trades)];
}

function readTrade(fields: Fields, receivedAtMs: number): VenueEvent {
  const { product_id: product, trade_id: id, price, size, side, time } = fields;
  const instrumentId = typeof product === 'string' ? instrumentOfProduct(product) : null;
  if (instrumentId === null) return notSpot(product);
  return {
    kind: 'trade',
    instrumentId,
    tradeId: typeof id === 'number' ? String(id) : bounded(id),
    price: amount(price),
    quantity: amount(size),
    takerSide: takerSideOf(side),
    timeMs: isoTimeMs(time) ?? bounded(time),
    receivedAtMs,
  };
}

/** Futures and perpetuals come over the same connection: their products have a third part. */
function notSpot(product: unknown): VenueEvent {
  if (typeof product === 'string' && product.split('-').length > 2)
    return { kind: 'set-aside', what: 'another market', cause: `${shown(product)} is not a spot product` };
  return { kind: 'malformed', cause: `an unknown product ${shown(product)}` };
}

/**
 * Coinbase tells the maker's side, in this feed as in its older one: in a recording every SELL was printed at the best
 * ask, and every BUY at the best bid. Who took it was on the other one.
 */
function takerSideOf(side: unknown): unknown {
  if (side === 'SELL') return 'B';
  return side === 'BUY' ? 'S' : bounded(side);
}

function amount(value: unknown): unknown {
  return bounded(typeof value === 'string' ? plainDecimal(value) : value);
}
