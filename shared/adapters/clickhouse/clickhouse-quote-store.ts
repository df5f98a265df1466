import type { ClickHouseClient } from '@clickhouse/client';
import { decimal, type Decimal } from '../../domain/decimal.ts';
import { microstructureOf, type BestLevel } from '../../domain/market-data/book/microstructure.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { BookPlace, BookRange, QuoteStore, StoredLevels, StoredQuote } from '../../ports/quote-store.ts';
import {
  checkReadLimit,
  insertDeadline,
  insertRows,
  quoted,
  readableTimeMs,
  readDistinct,
  readRows,
  slices,
  timeLiteral,
  type Row,
} from './requests.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';

const PLACE = ['instrumentId', 'time', 'receivedAt', 'quality'];
const MICROSTRUCTURE = ['spread', 'mid', 'microprice', 'imbalance'];
const QUOTE_COLUMNS = [...PLACE, 'bid', 'bidQuantity', 'ask', 'askQuantity', ...MICROSTRUCTURE];
const LEVELS = ['bidPrices', 'bidQuantities', 'askPrices', 'askQuantities'];
const DEPTHS = ['depthBps', 'bidDepths', 'askDepths'];
const LEVELS_COLUMNS = [...PLACE, ...LEVELS, ...DEPTHS, ...MICROSTRUCTURE];
const PLACE_FIELDS = 'toUnixTimestamp64Milli(time), toUnixTimestamp64Milli(receivedAt), quality';
const QUOTE_BYTES = 180;
const LEVELS_BYTES = 1600;
const KEYS_A_LOOKUP = 5000;

type Table = 'quotes' | 'books';
type Moment = BookPlace & { readonly instrumentId: InstrumentId };

/** Quotes and levels in the tables `millrace.quotes` and `millrace.books`, with what they say beside their prices. */
export class ClickHouseQuoteStore implements QuoteStore {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async insertQuotes(quotes: readonly StoredQuote[], { mayRepeat }: { mayRepeat: boolean }): Promise<void> {
    await this.#insert('quotes', QUOTE_COLUMNS, quotes, mayRepeat, encodeQuotes);
  }

  async insertLevels(levels: readonly StoredLevels[], { mayRepeat }: { mayRepeat: boolean }): Promise<void> {
    await this.#insert('books', LEVELS_COLUMNS, levels, mayRepeat, encodeLevels);
  }

  async newestQuotes(instrumentId: InstrumentId, range: BookRange): Promise<readonly StoredQuote[]> {
    const fields = `${PLACE_FIELDS}, bid, bidQuantity, ask, askQuantity`;
    return this.#newest('quotes', fields, instrumentId, range, (row) => quoteOf(instrumentId, row));
  }

  async newestLevels(instrumentId: InstrumentId, range: BookRange): Promise<readonly StoredLevels[]> {
    const fields = `${PLACE_FIELDS}, ${[...LEVELS, ...DEPTHS].join(', ')}`;
    return this.#newest('books', fields, instrumentId, range, (row) => levelsOf(instrumentId, row));
  }

  async #insert<M extends Moment>(
    table: Table,
    columns: readonly string[],
    moments: readonly M[],
    mayRepeat: boolean,
    encode: (moments: readonly M[]) => Uint8Array,
  ): Promise<void> {
    const deadline = insertDeadline();
    const fresh = mayRepeat ? await this.#withoutStored(table, moments, deadline) : moments;
    if (fresh.length === 0) return;
    await insertRows(this.#client, `millrace.${table}`, columns, encode(fresh), deadline);
  }

  async #newest<M extends Moment>(
    table: Table,
    fields: string,
    instrumentId: InstrumentId,
    { fromMs, toMs, before, limit }: BookRange,
    momentOf: (row: Row) => M,
  ): Promise<readonly M[]> {
    checkReadLimit(limit);
    const place = before === null ? '' : `AND (time, receivedAt, quality) < ${placeLiteral(before)}`;
    const query = `SELECT ${fields} FROM millrace.${table}
      WHERE instrumentId = {instrumentId: String}
        AND time >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC') ${place}
      ORDER BY time DESC, receivedAt DESC, quality DESC LIMIT {count: UInt32}`;
    const parameters = { instrumentId, fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
    const read = async (count: number) =>
      (await readRows(this.#client, query, { ...parameters, count })).map(momentOf);
    return readDistinct(read, (one, other) => keyOf(one) === keyOf(other), limit);
  }

  async #withoutStored<M extends Moment>(
    table: Table,
    moments: readonly M[],
    deadline: AbortSignal,
  ): Promise<readonly M[]> {
    const known = new Set<string>();
    for (const slice of slices(moments, KEYS_A_LOOKUP)) {
      const query = `SELECT DISTINCT instrumentId, ${PLACE_FIELDS} FROM millrace.${table} WHERE ${anyOf(slice)}`;
      for (const row of await readRows(this.#client, query, {}, deadline)) known.add(row.join(' '));
    }
    return moments.filter((moment) => {
      const key = keyOf(moment);
      if (known.has(key)) return false;
      known.add(key);
      return true;
    });
  }
}

function keyOf({ instrumentId, timeMs, receivedAtMs, quality }: Moment): string {
  return [instrumentId, timeMs, receivedAtMs, quality].join(' ');
}

function placeLiteral({ timeMs, receivedAtMs, quality }: BookPlace): string {
  return `(${timeLiteral(readableTimeMs(timeMs))}, ${timeLiteral(readableTimeMs(receivedAtMs))}, ${quality})`;
}

/** The times narrow the search to a few granules of the primary key; what was asked for is found among them. */
function anyOf(moments: readonly Moment[]): string {
  return [...Map.groupBy(moments, ({ instrumentId }) => instrumentId)]
    .map(([instrumentId, ofInstrument]) => {
      const times = ofInstrument.map(({ timeMs }) => timeMs);
      const [from, to] = [timeLiteral(Math.min(...times)), timeLiteral(Math.max(...times))];
      return `(instrumentId = ${quoted(instrumentId)} AND time BETWEEN ${from} AND ${to}
        AND toUnixTimestamp64Milli(time) IN (${[...new Set(times)].join(',')}))`;
    })
    .join(' OR ');
}

function writePlace(writer: RowBinaryWriter, { instrumentId, timeMs, receivedAtMs, quality }: Moment): void {
  writer.name(instrumentId);
  writer.uint64(timeMs);
  writer.uint64(receivedAtMs);
  writer.uint32(quality);
}

function writeMicrostructure(writer: RowBinaryWriter, bid: BestLevel | null, ask: BestLevel | null): void {
  const said = microstructureOf(bid, ask);
  writer.nullableDecimal128(said?.spread ?? null);
  writer.nullableDecimal128(said?.mid ?? null);
  writer.nullableDecimal128(said?.microprice ?? null);
  writer.nullableFloat64(said?.imbalance ?? null);
}

function encodeQuotes(quotes: readonly StoredQuote[]): Uint8Array {
  const writer = new RowBinaryWriter(quotes.length * QUOTE_BYTES);
  for (const quote of quotes) {
    const { bid, ask } = quote;
    writePlace(writer, quote);
    for (const value of [bid?.price, bid?.quantity, ask?.price, ask?.quantity])
      writer.nullableDecimal128(value ?? null);
    writeMicrostructure(writer, bid, ask);
  }
  return writer.bytes();
}

function encodeLevels(all: readonly StoredLevels[]): Uint8Array {
  const writer = new RowBinaryWriter(all.length * LEVELS_BYTES);
  for (const levels of all) {
    const { bids, asks, depths } = levels;
    writePlace(writer, levels);
    for (const side of [bids, asks]) {
      for (const field of ['price', 'quantity'] as const) {
        writer.length(side.length);
        for (const level of side) writer.decimal128(level[field]);
      }
    }
    writer.length(depths.length);
    for (const { bps } of depths) writer.uint16(bps);
    for (const field of ['bidQuantity', 'askQuantity'] as const) {
      writer.length(depths.length);
      for (const depth of depths) writer.nullableDecimal128(depth[field]);
    }
    writeMicrostructure(writer, bids[0] ?? null, asks[0] ?? null);
  }
  return writer.bytes();
}

function momentOf(instrumentId: InstrumentId, [timeMs, receivedAtMs, quality]: Row): Moment {
  return {
    instrumentId,
    timeMs: Number(timeMs),
    receivedAtMs: Number(receivedAtMs),
    quality: Number(quality),
  };
}

function quoteOf(instrumentId: InstrumentId, row: Row): StoredQuote {
  const [bid, bidQuantity, ask, askQuantity] = row.slice(3);
  return {
    ...momentOf(instrumentId, row),
    bid: levelOf(bid, bidQuantity),
    ask: levelOf(ask, askQuantity),
  };
}

function levelsOf(instrumentId: InstrumentId, row: Row): StoredLevels {
  const [bidPrices, bidQuantities, askPrices, askQuantities, bands, bidDepths, askDepths] = row
    .slice(3)
    .map((field) => field as unknown as readonly (string | number | null)[]);
  return {
    ...momentOf(instrumentId, row),
    bids: bidPrices!.map((price, n) => levelOf(price, bidQuantities![n])!),
    asks: askPrices!.map((price, n) => levelOf(price, askQuantities![n])!),
    depths: bands!.map((bps, n) => ({
      bps: Number(bps),
      bidQuantity: nullableDecimal(bidDepths![n]),
      askQuantity: nullableDecimal(askDepths![n]),
    })),
  };
}

function levelOf(price: unknown, quantity: unknown): BestLevel | null {
  const value = nullableDecimal(price);
  return value === null ? null : { price: value, quantity: decimal(String(quantity)) };
}

function nullableDecimal(value: unknown): Decimal | null {
  return typeof value === 'string' ? decimal(value) : null;
}
