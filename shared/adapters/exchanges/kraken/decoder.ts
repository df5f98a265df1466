/** Reads messages of Kraken's WebSocket v2 and the REST answers that fill its gaps. */
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { asAnswers } from '../as-answers.ts';
import { otherMarket } from '../own-market.ts';
import { numberQuoter, plainDecimal, quoteLeadingPairs } from '../raw-numbers.ts';
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
import { BookDepths } from './book-depths.ts';
import { readBook } from './books.ts';
import { CATALOGUE_NUMBERS, readAssetPairs, readPairs } from './catalogue.ts';
import { krakenMarket } from './market.ts';
import { instrumentOfSymbol } from './symbols.ts';

/** Kraken sends these as numbers. */
const quoteNumbers = numberQuoter(['price', 'qty', 'trade_id', ...CATALOGUE_NUMBERS]);

/**
 * It remembers the catalogue, and how deep the connection's books are: v2 checks them by checksums, and numbers trades by their
 * ids.
 */
export class KrakenDecoder implements Decoder {
  readonly #directory: SymbolDirectory;
  readonly #depths = new BookDepths();

  constructor(directory: SymbolDirectory = new SymbolDirectory()) {
    this.#directory = directory;
  }

  read({ kind, url, message }: VenueMessage, receivedAtMs: number): readonly VenueEvent[] {
    const otherPlace = krakenMarket(url);
    if (otherPlace !== null) return otherMarket(otherPlace);
    const json = parseJson(quoteNumbers(message));
    if (json === null) return [{ kind: 'malformed', cause: 'not JSON' }];
    const { value } = json;
    if (kind === 'rest')
      return asAnswers(
        readAnswer(
          this.#directory,
          hasBareAmount(value) ? JSON.parse(quoteLeadingPairs(message)) : value,
          url,
          receivedAtMs,
        ),
      );
    if (Array.isArray(value)) return [aside('v1')];
    if (!isFields(value)) return [{ kind: 'malformed', cause: 'expected a JSON object' }];
    if (value['channel'] === undefined) return readReply(value, this.#depths);
    if (value['channel'] === 'book') return readBooks(value, this.#depths);
    return readChannel(value, receivedAtMs, this.#directory);
  }
}

/** Answers have amounts as text. Who wrote them anew may have made numbers of them: their digits are read. */
function hasBareAmount(value: unknown): boolean {
  return rowsOf(isFields(value) ? value['result'] : null).some(
    (row) => Array.isArray(row) && (typeof row[0] === 'number' || typeof row[1] === 'number'),
  );
}

/** The trades of an answer, under a name of Kraken's own for the pair, beside the cursor. */
function rowsOf(result: unknown): readonly unknown[] {
  if (!isFields(result)) return [];
  return Object.values(result).find((of): of is unknown[] => Array.isArray(of)) ?? [];
}

/** https://docs.kraken.com/api/docs/websocket-v2/trade */
function readChannel(value: Fields, receivedAtMs: number, directory: SymbolDirectory): readonly VenueEvent[] {
  const { channel, data } = value as { channel?: unknown; data?: unknown };
  if (channel === 'heartbeat' || channel === 'status') return [{ kind: 'notice', what: channel }];
  if (channel === 'instrument' && isFields(data) && Array.isArray(data['pairs']))
    return directory.take(readPairs(data['pairs']), value['type'] === 'snapshot');
  if (channel !== 'trade') return [aside(named(channel, 'no channel'))];
  if (!Array.isArray(data)) return [{ kind: 'malformed', cause: 'trades without a list of them' }];
  if (data.length === 0) return [{ kind: 'notice', what: 'no trades' }];
  const trades: VenueTrade[] = [];
  const malformed: VenueEvent[] = [];
  for (const row of data) {
    const fields: Fields = isFields(row) ? row : {};
    const { symbol, trade_id: id, price, qty, side, timestamp } = fields;
    const instrumentId = typeof symbol === 'string' ? instrumentOfSymbol(symbol) : null;
    if (instrumentId === null)
      malformed.push({ kind: 'malformed', cause: `a trade of an unknown symbol ${shown(symbol)}` });
    else {
      const timeMs = isoTimeMs(timestamp) ?? bounded(timestamp);
      trades.push(
        venueTrade(instrumentId, id, amount(price), amount(qty), sideOf(side), timeMs, receivedAtMs),
      );
    }
  }
  const told = inTapeOrder(trades);
  return [...malformed, ...(value['type'] === 'snapshot' ? told.map(ofNewest) : told)];
}

function readBooks({ type, data }: Fields, depths: BookDepths): readonly VenueEvent[] {
  if (!Array.isArray(data) || data.length === 0)
    return [{ kind: 'malformed', cause: 'a book without a list of them' }];
  return data.map((row: unknown): VenueEvent => {
    const fields: Fields = isFields(row) ? row : {};
    const { symbol } = fields;
    const instrumentId = typeof symbol === 'string' ? instrumentOfSymbol(symbol) : null;
    if (instrumentId === null)
      return { kind: 'malformed', cause: `a book of an unknown symbol ${shown(symbol)}` };
    return readBook(instrumentId, type, fields, depths);
  });
}

/** A subscription begins with the newest trades. */
function ofNewest(trade: VenueTrade): VenueTrade {
  return { ...trade, isOfNewest: true };
}

/** What Kraken replies to a message of ours, with its clock. */
function readReply(reply: Fields, depths: BookDepths): readonly VenueEvent[] {
  const { method, success, error, event, result, time_out: timeOut } = reply;
  if (event !== undefined) return [aside(`v1 ${named(event, '')}`)];
  const venueTimeMs = isoTimeMs(timeOut);
  const clock: VenueEvent[] = venueTimeMs === null ? [] : [{ kind: 'clock', venueTimeMs }];
  if (success === false || error !== undefined) return [...clock, { kind: 'refused', cause: shown(error) }];
  if (typeof method !== 'string') return [...clock, aside('no channel')];
  if (method === 'subscribe' && isFields(result)) noteDepth(result, depths);
  return [...clock, { kind: 'notice', what: named(method, '') }];
}

function noteDepth({ channel, symbol, depth }: Fields, depths: BookDepths): void {
  const instrumentId = typeof symbol === 'string' ? instrumentOfSymbol(symbol) : null;
  if (channel === 'book' && instrumentId !== null) depths.noteSubscription(instrumentId, depth);
}

/** https://docs.kraken.com/api/docs/rest-api/get-recent-trades */
function readAnswer(
  directory: SymbolDirectory,
  value: unknown,
  url: string,
  receivedAtMs: number,
): readonly VenueEvent[] {
  if (!isFields(value)) return [{ kind: 'malformed', cause: 'expected a JSON object' }];
  const { error, result } = value;
  if (Array.isArray(error) && error.length > 0) return [{ kind: 'refused', cause: shown(error) }];
  const address = URL.parse(url);
  if (!isFields(result) || address === null) return [notAsked(url)];
  if (address.pathname.endsWith('/public/Time')) return [readTime(result)];
  if (address.pathname.endsWith('/public/AssetPairs'))
    return directory.take(readAssetPairs(result), !address.searchParams.has('pair'));
  if (!address.pathname.endsWith('/public/Trades')) return [notAsked(url)];
  const pair = address.searchParams.get('pair') ?? '';
  const instrumentId = instrumentOfSymbol(pair);
  if (instrumentId === null)
    return [{ kind: 'malformed', cause: `trades of an unknown symbol ${shown(pair)}` }];
  const rows = rowsOf(result);
  if (rows.length === 0) return [{ kind: 'notice', what: 'no trades' }];
  return inTapeOrder(rows.map((row: unknown) => answeredTrade(instrumentId, row, receivedAtMs)));
}

function readTime({ unixtime }: Fields): VenueEvent {
  if (typeof unixtime === 'number') return { kind: 'clock', venueTimeMs: unixtime * 1000 };
  return { kind: 'malformed', cause: `a time of ${shown(unixtime)}` };
}

/** [price, quantity, seconds, side, order type, miscellaneous, trade id] */
function answeredTrade(instrumentId: InstrumentId, row: unknown, receivedAtMs: number): VenueTrade {
  const [price, quantity, seconds, side, , , id] = Array.isArray(row) ? (row as unknown[]) : [];
  const timeMs = typeof seconds === 'number' ? millisecondsOf(seconds) : bounded(seconds);
  const tradeId = typeof id === 'number' ? String(id) : id;
  return venueTrade(
    instrumentId,
    tradeId,
    amount(price),
    amount(quantity),
    sideOf(side),
    timeMs,
    receivedAtMs,
  );
}

/** A double of today's seconds is exact to a quarter of a microsecond: rounded to whole ones first, no millisecond is lost. */
function millisecondsOf(seconds: number): number {
  return Math.floor(Math.round(seconds * 1e6) / 1000);
}

function venueTrade(
  instrumentId: InstrumentId,
  id: unknown,
  price: unknown,
  quantity: unknown,
  takerSide: unknown,
  timeMs: unknown,
  receivedAtMs: number,
): VenueTrade {
  return {
    kind: 'trade',
    instrumentId,
    tradeId: bounded(id),
    price,
    quantity,
    takerSide,
    timeMs,
    receivedAtMs,
  };
}

function amount(value: unknown): unknown {
  return bounded(typeof value === 'string' ? plainDecimal(value) : value);
}

/** Kraken's side is the taker's. */
function sideOf(side: unknown): unknown {
  if (side === 'buy' || side === 'b') return 'B';
  return side === 'sell' || side === 's' ? 'S' : bounded(side);
}

function aside(what: string): VenueEvent {
  return { kind: 'set-aside', what, cause: 'this channel is not read' };
}

function notAsked(url: string): VenueEvent {
  return { kind: 'set-aside', what: questionOf(url), cause: 'this question is not read' };
}
