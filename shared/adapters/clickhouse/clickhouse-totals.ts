/**
 * The two tables as a whole: counted, and row by row in an order that never changes. That order is the tables' own, so
 * the server merges its parts as it reads, and repetitions follow one another.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Trade } from '../../domain/market-data/trade.ts';
import type { StoredCandle } from '../../ports/candle-store.ts';
import { CANDLE_FIELDS, candleOf, isSameRevision } from './clickhouse-candle-store.ts';
import { isSameTrade, TRADE_FIELDS, tradeOf } from './clickhouse-trade-store.ts';
import { readRows, streamRows } from './requests.ts';

/** Distinct trades. */
export async function countTrades(client: ClickHouseClient): Promise<number> {
  return readCount(client, 'SELECT count() FROM millrace.trades FINAL');
}

/** Distinct closed candles of all intervals, in however many revisions. */
export async function countClosedCandles(client: ClickHouseClient): Promise<number> {
  return readCount(client, 'SELECT uniqExact(instrumentId, interval, openTime) FROM millrace.candles');
}

/** Instruments that have trades or candles, in order of name. */
export async function storedInstruments(client: ClickHouseClient): Promise<readonly string[]> {
  const query = `SELECT DISTINCT instrumentId FROM millrace.trades UNION DISTINCT
    SELECT DISTINCT instrumentId FROM millrace.candles`;
  return (await readRows(client, query, {})).map(([instrumentId]) => String(instrumentId)).sort();
}

async function readCount(client: ClickHouseClient, query: string): Promise<number> {
  const [row] = await readRows(client, query, {});
  return Number(row?.[0]);
}

/** Every trade once, by (instrumentId, timeMs, tradeId). Memory stays flat however many there are. */
export async function streamTrades(client: ClickHouseClient, onTrade: (trade: Trade) => void): Promise<void> {
  const query = `SELECT ${TRADE_FIELDS} FROM millrace.trades ORDER BY instrumentId, time, tradeId`;
  let last: Trade | null = null;
  await streamRows(client, query, (row) => {
    const trade = tradeOf(row);
    if (last !== null && isSameTrade(last, trade)) return;
    last = trade;
    onTrade(trade);
  });
}

/** Every revision once, by (instrumentId, interval, openTimeMs, revision). */
export async function streamCandles(
  client: ClickHouseClient,
  onCandle: (candle: StoredCandle) => void,
): Promise<void> {
  const query = `SELECT ${CANDLE_FIELDS} FROM millrace.candles ORDER BY instrumentId, interval, openTime, revision`;
  let last: StoredCandle | null = null;
  await streamRows(client, query, (row) => {
    const candle = candleOf(row);
    if (last !== null && isSameRevision(last, candle)) return;
    last = candle;
    onCandle(candle);
  });
}
