import type { ClickHouseClient } from '@clickhouse/client';
import type { ReceivedTrade } from '../../contracts/lane-rows.ts';
import { intervalMs, type Interval } from '../../domain/candles/interval.ts';
import type { TradeSpan } from '../../domain/candles/trade-span.ts';
import { decimal } from '../../domain/decimal.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import { UNFLAGGED } from '../../domain/market-data/quality-flags.ts';
import type { Side, Trade } from '../../domain/market-data/trade.ts';
import type { TradeStore } from '../../ports/trade-store.ts';
import { readTradeSpans } from './clickhouse-trade-spans.ts';
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

const COLUMNS = [
  'instrumentId',
  'time',
  'tradeId',
  'price',
  'quantity',
  'takerSide',
  'receivedAt',
  'quality',
];
const BYTES_A_ROW = 84;
const BUY = 1;
const SELL = 2;
/** A question about so many keys stays well below the 256 KB that ClickHouse reads of a query. */
const KEYS_A_LOOKUP = 5000;

/** What `tradeOf` reads. */
export const TRADE_FIELDS =
  'instrumentId, toUnixTimestamp64Milli(time), tradeId, price, quantity, takerSide, quality';

/** Trades in the table `millrace.trades`. */
export class ClickHouseTradeStore implements TradeStore {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async insert(
    trades: readonly ReceivedTrade[],
    options: { readonly mayRepeat: boolean },
  ): Promise<readonly ReceivedTrade[]> {
    const deadline = insertDeadline();
    const fresh = options.mayRepeat ? await this.#withoutStored(trades, deadline) : trades;
    if (fresh.length > 0)
      await insertRows(this.#client, 'millrace.trades', COLUMNS, encodeTrades(fresh), deadline);
    return fresh;
  }

  async between(
    instrumentId: InstrumentId,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly Trade[]> {
    checkReadLimit(limit);
    const query = `SELECT ${TRADE_FIELDS} FROM millrace.trades
      WHERE instrumentId = {instrumentId: String}
        AND time >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
      ORDER BY time, tradeId LIMIT {count: UInt32}`;
    const parameters = { instrumentId, fromMs: readableTimeMs(fromMs), toMs: readableTimeMs(toMs) };
    const read = async (count: number) =>
      (await readRows(this.#client, query, { ...parameters, count })).map(tradeOf);
    return readDistinct(read, isSameTrade, limit);
  }

  async latest(instrumentId: InstrumentId, beforeMs?: number): Promise<Trade | null> {
    const isBefore =
      beforeMs === undefined ? '' : "AND time < fromUnixTimestamp64Milli({beforeMs: Int64}, 'UTC')";
    const query = `SELECT ${TRADE_FIELDS} FROM millrace.trades
      WHERE instrumentId = {instrumentId: String} ${isBefore}
      ORDER BY time DESC, tradeId DESC LIMIT 1`;
    const parameters = beforeMs === undefined ? {} : { beforeMs: readableTimeMs(beforeMs) };
    const [row] = await readRows(this.#client, query, { instrumentId, ...parameters });
    return row === undefined ? null : tradeOf(row);
  }

  async spans(
    instrumentId: InstrumentId,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly TradeSpan[]> {
    return readTradeSpans(this.#client, instrumentId, fromMs, toMs, stepMs);
  }

  async receivedBy(
    instrumentId: InstrumentId,
    interval: Interval,
    openTimesMs: readonly number[],
    timeMs: number,
  ): Promise<ReadonlyMap<number, number>> {
    checkReadLimit(openTimesMs.length);
    const stepMs = intervalMs(interval);
    const query = `SELECT intDiv(toUnixTimestamp64Milli(time), {stepMs: Int64}) * {stepMs: Int64} AS openTimeMs,
        uniqExact(time, tradeId)
      FROM millrace.trades
      WHERE instrumentId = {instrumentId: String}
        AND time >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
        AND receivedAt <= fromUnixTimestamp64Milli({timeMs: Int64}, 'UTC') AND openTimeMs IN (${openTimesMs.join(',')})
      GROUP BY openTimeMs`;
    const rows = await readRows(this.#client, query, {
      instrumentId,
      stepMs,
      fromMs: Math.min(...openTimesMs),
      toMs: readableTimeMs(Math.max(...openTimesMs) + stepMs),
      timeMs: readableTimeMs(timeMs),
    });
    return new Map(rows.map(([openTimeMs, count]) => [Number(openTimeMs), Number(count)]));
  }

  async #withoutStored(
    trades: readonly ReceivedTrade[],
    deadline: AbortSignal,
  ): Promise<readonly ReceivedTrade[]> {
    const known = new Set<string>();
    for (const slice of slices(trades, KEYS_A_LOOKUP)) {
      const query = `SELECT DISTINCT instrumentId, toUnixTimestamp64Milli(time), tradeId
        FROM millrace.trades WHERE ${anyOf(slice)}`;
      for (const [instrumentId, timeMs, tradeId] of await readRows(this.#client, query, {}, deadline)) {
        known.add(`${String(instrumentId)} ${Number(timeMs)} ${Number(tradeId)}`);
      }
    }
    return trades.filter(({ instrumentId, timeMs, tradeId }) => {
      const key = `${instrumentId} ${timeMs} ${tradeId}`;
      if (known.has(key)) return false;
      known.add(key);
      return true;
    });
  }
}

/** The times narrow the search to a few granules of the primary key; time and id together decide, behind the query. */
function anyOf(trades: readonly ReceivedTrade[]): string {
  const conditions = [...Map.groupBy(trades, (trade) => trade.instrumentId)].map(
    ([instrumentId, ofInstrument]) => {
      let [fromMs, toMs] = [Infinity, 0];
      for (const { timeMs } of ofInstrument)
        [fromMs, toMs] = [Math.min(fromMs, timeMs), Math.max(toMs, timeMs)];
      const ids = ofInstrument.map((trade) => trade.tradeId).join(',');
      return `(instrumentId = ${quoted(instrumentId)} AND time BETWEEN ${timeLiteral(fromMs)} AND ${timeLiteral(toMs)} AND tradeId IN (${ids}))`;
    },
  );
  return conditions.join(' OR ');
}

/** Rows in the order of the table's columns. */
function encodeTrades(trades: readonly ReceivedTrade[]): Uint8Array {
  const writer = new RowBinaryWriter(trades.length * BYTES_A_ROW);
  for (const trade of trades) {
    writer.name(trade.instrumentId);
    writer.uint64(trade.timeMs);
    writer.uint64(trade.tradeId);
    writer.decimal128(trade.price);
    writer.decimal128(trade.quantity);
    writer.uint8(trade.takerSide === 'BUY' ? BUY : SELL);
    writer.uint64(trade.receivedAtMs);
    writer.uint32(trade.quality ?? UNFLAGGED);
  }
  return writer.bytes();
}

/** Of trades that lie side by side in the table's order. */
export function isSameTrade(a: Trade, b: Trade): boolean {
  return a.tradeId === b.tradeId && a.timeMs === b.timeMs && a.instrumentId === b.instrumentId;
}

export function tradeOf(row: Row): Trade {
  const [instrumentId, timeMs, tradeId, price, quantity, takerSide] = row;
  const quality = Number(row[6]);
  return {
    instrumentId: String(instrumentId),
    tradeId: Number(tradeId),
    price: decimal(String(price)),
    quantity: decimal(String(quantity)),
    takerSide: takerSide as Side,
    timeMs: Number(timeMs),
    ...(quality === UNFLAGGED ? {} : { quality }),
  };
}
