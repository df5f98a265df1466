/** Markets in which minutes pass without a trade: the backtest over candles, the engine over the tape and the chain trade alike. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from '@jest/globals';
import { openPlatform } from '../../embedded/platform.ts';
import { decimal, formatDecimal } from '../../shared/domain/decimal.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import { chainOver, engineOver } from '../platform/chain-and-engine.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { writeCapture } from '../platform/write-capture.ts';
import { aStrategy } from '../support/strategy.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const QUIET_TAPE = `${dataFolder}cases/20-quiet-market-exit.ndjson.gz`;
const QUIET_CANDLES = `${dataFolder}cases/20-quiet-market-exit.csv`;
const RECORDED_TRADES = `${dataFolder}trades/xrp-eth-2019-10-binance-agg.json.gz`;
const RECORDED_CANDLES = `${dataFolder}candles/xrp-eth-1m-2019-10.csv.gz`;
/** Some six hours: every boundary of a tape is waited for, and here nearly every trade is one. */
const THROUGH_THE_CHAIN = 1500;

type RecordedTrade = readonly [
  timeMs: number,
  id: string,
  _: null,
  side: string,
  price: number,
  quantity: number,
];

/** The recorded trades as Binance sends them, with the heartbeat that a collector writes each second, or without. */
function linesOf(trades: readonly RecordedTrade[], withHeartbeats: boolean): string[] {
  const lines: string[] = [];
  const add = (timeMs: number, kind: string, message: object): void => {
    const rest = { exchange: 'binance', kind, url: 'wss://stream', message: JSON.stringify(message) };
    lines.push(JSON.stringify({ receivedAtNs: `${timeMs}000000`, ...rest }));
  };
  let beatMs = trades[0]![0];
  for (const [timeMs, id, , side, price, quantity] of trades) {
    for (; withHeartbeats && beatMs + 1000 <= timeMs; beatMs += 1000)
      add(beatMs + 1000, 'heartbeat', { venueTimeMs: beatMs + 1000 });
    add(timeMs, 'ws', {
      ...{ e: 'trade', E: timeMs, T: timeMs, s: 'XRPETH', t: Number(id), m: side === 'sell' },
      ...{ p: price.toFixed(8), q: quantity.toFixed(8) },
    });
  }
  return lines;
}

interface RoundTrip {
  readonly entryPrice: string;
  readonly exitPrice: string;
  readonly quantity: string;
}

const backtest = async (
  candles: string,
  params: string,
): Promise<{ metrics: { finalEquity: string }; trades: RoundTrip[] }> => {
  const { stdout } = await runMillrace([
    ...['backtest', '--candles', candles, '--strategy', 'ma-crossover', '--params', params],
  ]);
  return JSON.parse(stdout) as { metrics: { finalEquity: string }; trades: RoundTrip[] };
};

/** A candle's open tells of the first trade's price, and not of its time. */
function roundTripsOf(fills: readonly Fill[]): RoundTrip[] {
  return Array.from({ length: Math.floor(fills.length / 2) }, (_, n) => {
    const [entry, exit] = [fills[2 * n]!, fills[2 * n + 1]!];
    return { entryPrice: entry.price, exitPrice: exit.price, quantity: entry.quantity };
  });
}

const inTime = (fills: readonly Fill[]): Fill[] => fills.toSorted((a, b) => a.timeMs - b.timeMs);

describeConformance('a thin market', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-thin-market-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function fillsOfChain(path: string, instance: StrategyInstance): Promise<Fill[]> {
    const dataDir = mkdtempSync(join(folder, 'data-'));
    const platform = await openPlatform({ dataDir, use: { market: 'real' }, time: 'tape' });
    try {
      return inTime((await chainOver(platform, path, [instance])).fills);
    } finally {
      await platform.close();
    }
  }

  it('loses no exit in a pause: the same from candles, from the tape and through the chain', async () => {
    const instance = aStrategy({
      ...{ params: { fastPeriod: 1, slowPeriod: 2 }, instrumentId: 'binance:XYZ-USDT', interval: '1m' },
      ...{ latencyMs: 0, capital: '10000', feeRate: '0.001' },
    });
    const { metrics, trades } = await backtest(QUIET_CANDLES, '{"fastPeriod":1,"slowPeriod":2}');
    expect(Number(metrics.finalEquity).toFixed(2)).toBe('8720.41');
    const engine = await engineOver(QUIET_TAPE, [instance]);
    const [book] = engine.books;
    expect(formatDecimal(book!.cash)).toBe(metrics.finalEquity);
    expect(book!.quantity).toBe(0n);
    expect(roundTripsOf(engine.fills)).toMatchObject(trades.map(pricesOf));
    expect(await fillsOfChain(QUIET_TAPE, instance)).toEqual(engine.fills);
  });

  it('of two days, recorded, trades alike however time is told', async () => {
    const recorded = JSON.parse(gunzipSync(readFileSync(RECORDED_TRADES)).toString()) as RecordedTrade[];
    const instance = aStrategy({
      ...{ params: { fastPeriod: 5, slowPeriod: 20 }, instrumentId: 'binance:XRP-ETH', interval: '1m' },
      ...{ latencyMs: 0, capital: '10000', feeRate: '0.001' },
    });
    const { metrics, trades } = await backtest(RECORDED_CANDLES, '{"fastPeriod":5,"slowPeriod":20}');
    expect(trades).toHaveLength(100);
    for (const withHeartbeats of [false, true]) {
      const path = join(folder, 'recorded.ndjson.gz');
      writeCapture(path, linesOf(recorded, withHeartbeats));
      const engine = await engineOver(path, [instance]);
      expect(roundTripsOf(engine.fills)).toMatchObject(trades.map(pricesOf));
      expect(decimal(metrics.finalEquity)).toBe(engine.books[0]!.cash);
      expect(engine.orders.every(({ status }) => status === 'FILLED')).toBe(true);
    }
    const start = join(folder, 'start.ndjson.gz');
    writeCapture(start, linesOf(recorded.slice(0, THROUGH_THE_CHAIN), false));
    const { fills } = await engineOver(start, [instance]);
    expect(fills.length).toBeGreaterThan(16);
    expect(await fillsOfChain(start, instance)).toEqual(fills);
  }, 120_000);
});

const pricesOf = ({ entryPrice, exitPrice, quantity }: RoundTrip): RoundTrip => ({
  entryPrice,
  exitPrice,
  quantity,
});
