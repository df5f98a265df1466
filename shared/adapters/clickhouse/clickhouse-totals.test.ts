import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceivedTrade } from '../../contracts/lane-rows.ts';
import { decimal } from '../../domain/decimal.ts';
import type { StoredCandle } from '../../ports/candle-store.ts';
import { leavePartsApart } from '../../../test/support/leave-parts-apart.ts';
import { runningClickHouse } from '../../../test/support/running-clickhouse.ts';
import { ClickHouseCandleStore } from './clickhouse-candle-store.ts';
import { countClosedCandles, countTrades, streamCandles, streamTrades } from './clickhouse-totals.ts';
import { ClickHouseTradeStore } from './clickhouse-trade-store.ts';
import { migrate } from './migrate.ts';

/** The last instant of a month: the tables are cut into partitions by month and by year. */
const MONTH_END_MS = Date.UTC(2024, 11, 31, 23, 59, 59, 999);
const price = decimal('100');

const tradeOf = (instrumentId: string, tradeId: number, timeMs: number): ReceivedTrade => ({
  instrumentId,
  tradeId,
  price,
  quantity: price,
  takerSide: 'BUY',
  timeMs,
  receivedAtMs: timeMs,
});
const candleOf = (
  instrumentId: string,
  interval: '1s' | '1m',
  openTimeMs: number,
  revision: number,
): StoredCandle => ({
  instrumentId,
  interval,
  openTimeMs,
  revision,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: price,
  quoteVolume: price,
  takerBuyVolume: price,
  tradeCount: 1,
  firstTradeId: 1,
  lastTradeId: 1,
  firstTimeMs: openTimeMs,
  lastTimeMs: openTimeMs,
  closed: true,
  complete: true,
  throughSequence: '1',
});

describe('the totals of ClickHouse', () => {
  const client = runningClickHouse();

  beforeAll(async () => {
    await migrate(client());
  });

  it('count and list nothing in empty tables', async () => {
    expect([await countTrades(client()), await countClosedCandles(client())]).toEqual([0, 0]);
    await streamTrades(client(), () => expect('a trade').toBe('none'));
    await streamCandles(client(), () => expect('a candle').toBe('none'));
  });

  it('list each trade once, by instrument, time and id, over parts and partitions', async () => {
    await leavePartsApart(client(), 'trades');
    const tape = [
      tradeOf('binance:BTC-USDT', 10, MONTH_END_MS),
      tradeOf('binance:BTC-USDT', 9, MONTH_END_MS + 1),
      tradeOf('binance:BTC-USDT', 100, MONTH_END_MS + 1),
      tradeOf('binance:ETH-USDT', 1, MONTH_END_MS - 1),
      tradeOf('binance:ETH-USDT', 2, MONTH_END_MS + 86_400_000),
    ];
    const store = new ClickHouseTradeStore(client());
    for (const trade of [...tape].reverse()) await store.insert([trade], { mayRepeat: false });
    await store.insert(tape, { mayRepeat: false });
    const listed: unknown[] = [];
    await streamTrades(client(), (trade) => listed.push({ ...trade, receivedAtMs: trade.timeMs }));
    expect(listed).toEqual(tape);
    expect(await countTrades(client())).toBe(tape.length);
  });

  it('list each revision of a candle once, and count what was closed, not what was revised', async () => {
    await leavePartsApart(client(), 'candles');
    const candles = [
      candleOf('binance:BTC-USDT', '1m', MONTH_END_MS - 59_999, 0),
      candleOf('binance:BTC-USDT', '1m', MONTH_END_MS - 59_999, 1),
      candleOf('binance:BTC-USDT', '1m', MONTH_END_MS + 1, 0),
      candleOf('binance:BTC-USDT', '1s', MONTH_END_MS + 1, 0),
      candleOf('binance:ETH-USDT', '1m', MONTH_END_MS + 1, 0),
    ];
    const store = new ClickHouseCandleStore(client());
    for (const candle of [...candles].reverse()) await store.insert([candle], { mayRepeat: false });
    await store.insert(candles, { mayRepeat: false });
    const listed: StoredCandle[] = [];
    await streamCandles(client(), (candle) => listed.push(candle));
    expect(listed).toEqual(candles);
    expect(await countClosedCandles(client())).toBe(4);
  });

  it('come from many rows as from few', async () => {
    const trades = Array.from({ length: 30_000 }, (_, n) =>
      tradeOf('binance:XRP-USDT', n, MONTH_END_MS + (n >> 3)),
    );
    await new ClickHouseTradeStore(client()).insert(trades, { mayRepeat: false });
    let next = 0;
    await streamTrades(client(), ({ instrumentId, tradeId }) => {
      if (instrumentId === 'binance:XRP-USDT') expect(tradeId).toBe(next++);
    });
    expect(next).toBe(trades.length);
  });
});
