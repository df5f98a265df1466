import type { ClickHouseClient } from '@clickhouse/client';
import type { Interval } from '../../domain/candles/interval.ts';
import { decimal } from '../../domain/decimal.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import { UNFLAGGED } from '../../domain/market-data/quality-flags.ts';
import type { CandleStore, StoredCandle } from '../../ports/candle-store.ts';
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

const DECIMALS = ['open', 'high', 'low', 'close', 'volume', 'quoteVolume', 'takerBuyVolume'] as const;
const COLUMNS = [
  ...[
    'instrumentId',
    'interval',
    'openTime',
    'revision',
    ...DECIMALS,
    'tradeCount',
    'firstTradeId',
    'lastTradeId',
  ],
  ...['firstTime', 'lastTime', 'complete', 'throughSequence', 'quality'],
];
const BYTES_A_ROW = 256;
const KEYS_A_LOOKUP = 2000;
const MAX_INSTRUMENTS = 10_000;

/** What `candleOf` reads. */
export const CANDLE_FIELDS = `instrumentId, interval, toUnixTimestamp64Milli(openTime), revision, ${DECIMALS.join(', ')},
  tradeCount, firstTradeId, lastTradeId, toUnixTimestamp64Milli(firstTime), toUnixTimestamp64Milli(lastTime),
  complete, throughSequence, quality`;

const OF_SERIES = 'instrumentId = {instrumentId: String} AND interval = {interval: String}';
const IN_TIME = `openTime >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC')
  AND openTime < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')`;

/** Closed candles in the table `millrace.candles`. */
export class ClickHouseCandleStore implements CandleStore {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async insert(candles: readonly StoredCandle[], options: { readonly mayRepeat: boolean }): Promise<void> {
    const deadline = insertDeadline();
    const fresh = options.mayRepeat ? await this.#withoutStored(candles, deadline) : candles;
    if (fresh.length === 0) return;
    await insertRows(this.#client, 'millrace.candles', COLUMNS, encodeCandles(fresh), deadline);
  }

  async latestRevision(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimeMs: number,
  ): Promise<StoredCandle | null> {
    const query = `SELECT ${CANDLE_FIELDS} FROM millrace.candles
      WHERE ${OF_SERIES} AND openTime = fromUnixTimestamp64Milli({openTimeMs: Int64}, 'UTC')
      ORDER BY revision DESC LIMIT 1`;
    const parameters = { instrumentId, interval, openTimeMs: readableTimeMs(openTimeMs) };
    const [row] = await readRows(this.#client, query, parameters);
    return row === undefined ? null : candleOf(row);
  }

  async between(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]> {
    const query = `SELECT ${CANDLE_FIELDS} FROM millrace.candles WHERE ${OF_SERIES} AND ${IN_TIME}
      ORDER BY openTime DESC, revision DESC LIMIT {count: UInt32}`;
    return (await this.#read(query, instrumentId, interval, fromMs, toMs, limit)).reverse();
  }

  async asFirstClosed(
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly StoredCandle[]> {
    const query = `SELECT ${CANDLE_FIELDS} FROM millrace.candles WHERE ${OF_SERIES} AND ${IN_TIME} AND revision = 0
      ORDER BY openTime LIMIT {count: UInt32}`;
    return this.#read(query, instrumentId, interval, fromMs, toMs, limit);
  }

  async revisions(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
  ): Promise<readonly StoredCandle[]> {
    checkReadLimit(openTimesMs.length);
    const [fromMs, toMs] = [Math.min(...openTimesMs), Math.max(...openTimesMs) + 1];
    const query = `SELECT DISTINCT ${CANDLE_FIELDS} FROM millrace.candles WHERE ${OF_SERIES} AND ${IN_TIME}
      AND toUnixTimestamp64Milli(openTime) IN (${openTimesMs.join(',')})
      ORDER BY openTime, revision`;
    const parameters = { instrumentId, interval, fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
    const rows = (await readRows(this.#client, query, parameters)).map(candleOf);
    return rows.filter((candle, n) => n === 0 || !isSameRevision(rows[n - 1]!, candle));
  }

  async instruments(): Promise<readonly InstrumentId[]> {
    const query = `SELECT DISTINCT instrumentId FROM millrace.candles ORDER BY instrumentId LIMIT ${MAX_INSTRUMENTS}`;
    return (await readRows(this.#client, query, {})).map(([instrumentId]) => String(instrumentId));
  }

  async #read(
    query: string,
    instrumentId: InstrumentId,
    interval: Interval,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<StoredCandle[]> {
    checkReadLimit(limit);
    const parameters = { instrumentId, interval, fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
    const read = async (count: number) =>
      (await readRows(this.#client, query, { ...parameters, count })).map(candleOf);
    return readDistinct(read, (previous, candle) => previous.openTimeMs === candle.openTimeMs, limit);
  }

  async #withoutStored(
    candles: readonly StoredCandle[],
    deadline: AbortSignal,
  ): Promise<readonly StoredCandle[]> {
    const known = new Set<string>();
    for (const slice of slices(candles, KEYS_A_LOOKUP)) {
      const query = `SELECT DISTINCT instrumentId, interval, toUnixTimestamp64Milli(openTime), revision
        FROM millrace.candles WHERE ${anyOf(slice)}`;
      for (const row of await readRows(this.#client, query, {}, deadline)) known.add(row.join(' '));
    }
    return candles.filter(({ instrumentId, interval, openTimeMs, revision }) => {
      const key = [instrumentId, interval, openTimeMs, revision].join(' ');
      if (known.has(key)) return false;
      known.add(key);
      return true;
    });
  }
}

/** The times narrow the search to a few granules of the primary key; time and revision together decide. */
function anyOf(candles: readonly StoredCandle[]): string {
  const series = Map.groupBy(
    candles,
    (candle) => `${quoted(candle.instrumentId)} AND interval = ${quoted(candle.interval)}`,
  );
  const conditions = [...series].map(([name, ofSeries]) => {
    const times = ofSeries.map((candle) => candle.openTimeMs);
    const [from, to] = [timeLiteral(Math.min(...times)), timeLiteral(Math.max(...times))];
    const keys = ofSeries.map((candle) => `(${candle.openTimeMs},${candle.revision})`).join(',');
    return `(instrumentId = ${name} AND openTime BETWEEN ${from} AND ${to}
      AND (toUnixTimestamp64Milli(openTime), revision) IN (${keys}))`;
  });
  return conditions.join(' OR ');
}

function encodeCandles(candles: readonly StoredCandle[]): Uint8Array {
  const writer = new RowBinaryWriter(candles.length * BYTES_A_ROW);
  for (const candle of candles) {
    if (!candle.closed)
      throw new Error(`the candle of ${candle.instrumentId} at ${candle.openTimeMs} is not closed`);
    writer.name(candle.instrumentId);
    writer.name(candle.interval);
    writer.uint64(candle.openTimeMs);
    writer.uint32(candle.revision);
    for (const name of DECIMALS) writer.decimal128(candle[name]);
    writer.uint64(candle.tradeCount);
    writer.uint64(candle.firstTradeId);
    writer.uint64(candle.lastTradeId);
    writer.uint64(candle.firstTimeMs);
    writer.uint64(candle.lastTimeMs);
    writer.uint8(candle.complete ? 1 : 0);
    writer.text(candle.throughSequence);
    writer.uint32(candle.quality ?? UNFLAGGED);
  }
  return writer.bytes();
}

/** Of revisions that lie side by side in the table's order. */
export function isSameRevision(a: StoredCandle, b: StoredCandle): boolean {
  return (
    a.revision === b.revision &&
    a.openTimeMs === b.openTimeMs &&
    a.interval === b.interval &&
    a.instrumentId === b.instrumentId
  );
}

export function candleOf(row: Row): StoredCandle {
  const [
    instrumentId,
    interval,
    openTimeMs,
    revision,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    takerBuyVolume,
  ] = row;
  const [tradeCount, firstTradeId, lastTradeId, firstTimeMs, lastTimeMs, complete, throughSequence] =
    row.slice(11);
  const quality = Number(row[18]);
  return {
    instrumentId: String(instrumentId),
    interval: interval as Interval,
    openTimeMs: Number(openTimeMs),
    open: decimal(String(open)),
    high: decimal(String(high)),
    low: decimal(String(low)),
    close: decimal(String(close)),
    volume: decimal(String(volume)),
    quoteVolume: decimal(String(quoteVolume)),
    takerBuyVolume: decimal(String(takerBuyVolume)),
    tradeCount: Number(tradeCount),
    firstTradeId: Number(firstTradeId),
    lastTradeId: Number(lastTradeId),
    firstTimeMs: Number(firstTimeMs),
    lastTimeMs: Number(lastTimeMs),
    closed: true,
    complete: complete === true,
    ...(quality === UNFLAGGED ? {} : { quality }),
    revision: Number(revision),
    throughSequence: String(throughSequence),
  };
}
