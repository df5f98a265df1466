/** A trade is known by its instrument, time and id: whatever the order in which days come, none is lost, and none counts twice. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { replayCaptures } from '../../collector/tape/replay.ts';
import { openPlatform } from '../../embedded/platform.ts';
import { storageTotals, type Totals } from '../../embedded/totals.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import type { CandleView } from '../../shared/contracts/events.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { aStrategy } from '../support/strategy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runMillrace } from './run-millrace.ts';
import { readTradingRecords } from './trading-records.ts';
import { FIRST_SECOND, writeCapture } from './write-capture.ts';

const folder = temporaryFolder();
const silent = createLog({ write: () => undefined }, 'error');
const INSTRUMENT = 'binance:BTC-USDT';
const FIRST_MS = FIRST_SECOND * 1000;
const DAY_MS = 86_400_000;

interface Told {
  readonly id: number;
  readonly timeMs: number;
  readonly price?: number;
  /** Left out: right after it was made. */
  readonly receivedAtMs?: number;
}

function lineOf({ id, timeMs, price = 100 + (id % 7), receivedAtMs = timeMs + 4 }: Told): string {
  const [p, q] = [String(price), '0.5'];
  const event = { e: 'trade', E: receivedAtMs - 4, T: timeMs, s: 'BTCUSDT', t: id, p, q, m: id % 2 === 0 };
  return JSON.stringify({
    receivedAtNs: `${receivedAtMs}000000`,
    exchange: 'binance',
    kind: 'ws',
    url: 'wss://stream.binance.com:9443/stream',
    message: JSON.stringify({ stream: 'btcusdt@trade', data: event }),
  });
}

let captures = 0;
function captureOf(told: readonly Told[]): string {
  const path = join(folder, `capture-${++captures}.ndjson.gz`);
  writeCapture(path, told.map(lineOf));
  return path;
}

/** Some two minutes, a trade every seven seconds and two in one of them. */
function dayOf(day: number, firstId: number): Told[] {
  return Array.from({ length: 18 }, (_, n) => ({
    id: firstId + n,
    timeMs: FIRST_MS + day * DAY_MS + 350 + 7000 * (n < 9 ? n : n - 1) + (n === 9 ? 1 : 0),
  }));
}

interface Result {
  readonly totals: Totals;
  readonly candles: readonly CandleView[];
  readonly revisions: readonly number[];
  readonly signals: number;
}

let runs = 0;
/** Tapes, one after the other, through one platform. */
async function replayed(tapes: readonly string[], withStrategy = false): Promise<Result> {
  const dataDir = join(folder, `run-${++runs}`);
  const platform = await openPlatform({ dataDir, use: { market: 'real' }, time: 'tape' });
  const { storage } = platform;
  try {
    if (withStrategy) {
      const params = { fastPeriod: 1, slowPeriod: 2 };
      await createStrategy(storage.state, aStrategy({ params, instrumentId: INSTRUMENT, interval: '1s' }), 0);
    }
    for (const path of tapes) {
      await replayCaptures({
        files: [await verifyCapture(path)],
        writer: platform.ports.streams,
        state: storage.state,
        gate: platform.gate,
        speed: 'max',
        signal: new AbortController().signal,
        log: silent,
      });
      await platform.runtime.drained();
    }
    const minutes = await storage.candles.between(INSTRUMENT, '1m', 0, 4e12, 1000);
    return {
      totals: await storageTotals(storage),
      candles: minutes.map(candleViewOf),
      revisions: minutes.map(({ revision }) => revision),
      signals: (await readTradingRecords(storage.state)).signals.length,
    };
  } finally {
    await platform.close();
  }
}

/** What `candles` prints, but for what is open. */
async function printed(path: string): Promise<CandleView[]> {
  const { stdout } = await runMillrace(['candles', '--capture', path, '--interval', '1m']);
  return (JSON.parse(stdout) as CandleView[]).filter(({ closed }) => closed);
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describe('three days', () => {
  const days = [0, 1, 2].map((day) => dayOf(day, 1000 + 18 * day));
  let paths: string[];
  let inOrder: Result;
  beforeAll(async () => {
    paths = days.map(captureOf);
    inOrder = await replayed(paths);
  });

  it.each(ORDERS.slice(1))('come to the same state, told in the order %i, %i, %i', async (...order) => {
    const told = await replayed(order.map((day) => paths[day]!));
    expect(told.totals).toMatchObject({ trades: 54, quarantined: 0, givenUp: 0, dropped: { known: 0 } });
    expect(told.candles).toEqual(inOrder.candles);
    expect(told.totals.stateHash).toBe(inOrder.totals.stateHash);
    expect(told.totals.historyCandles).toBeGreaterThan(0);
  });

  it('are the candles of one tape that has them all, and are those that `candles` prints', async () => {
    const path = captureOf(days.flat());
    expect(inOrder.candles).toEqual(await printed(path));
    expect(inOrder.totals.historyCandles).toBe(0);
  });

  it('have no more candles and trades when each is told twice, and it is counted', async () => {
    const doubled = captureOf(
      days.flatMap((day) => [
        ...day,
        ...day.map((one) => ({ ...one, receivedAtMs: day.at(-1)!.timeMs + 10_000 })),
      ]),
    );
    const { totals, candles } = await replayed([doubled]);
    expect(totals).toMatchObject({ trades: 54, dropped: { known: 54 } });
    expect(totals.stateHash).toBe(inOrder.totals.stateHash);
    expect(candles).toEqual(await printed(doubled));
  });

  it('make no strategy act on what was before', async () => {
    const [, second, third] = paths;
    const alone = await replayed([second!, third!], true);
    const withHistory = await replayed([second!, paths[0]!, third!], true);
    expect(alone.signals).toBeGreaterThan(2);
    expect(withHistory.signals).toBe(alone.signals);
  });

  it('are all there where the ids of the last begin anew', async () => {
    const reset = captureOf(dayOf(2, 0));
    const first = await replayed([paths[0]!, paths[1]!, reset]);
    const content = ({ candles }: Result) => candles.map(({ complete: _, flags: __, ...rest }) => rest);
    for (const order of [
      [reset, paths[0]!, paths[1]!],
      [paths[1]!, reset, paths[0]!],
    ]) {
      const told = await replayed(order);
      expect(told.totals.trades).toBe(54);
      expect(content(told)).toEqual(content(first));
    }
  });
});

describe('a venue', () => {
  const at = (second: number): number => FIRST_MS + second * 1000;
  const every = (ids: readonly number[], fromSecond: number, price: number): Told[] =>
    ids.map((id, n) => ({ id, timeMs: at(fromSecond + 10 * n), price }));

  it('whose ids begin anew goes on: the reset is flagged, a straggler from before it counts, once', async () => {
    const before = every([900, 901, 902, 903, 904, 905, 906], 0, 60_000);
    const after = every([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], 70, 50_000);
    const straggler = { id: 907, timeMs: at(65), price: 59_000, receivedAtMs: at(121) };
    const known = { ...before[3]!, receivedAtMs: at(122) };
    const tape = captureOf([...before, ...after.slice(0, 6), straggler, known, ...after.slice(6)]);
    const { totals, candles } = await replayed([tape]);
    expect(totals).toMatchObject({ trades: 22, dropped: { known: 1 } });
    expect(
      candles.map(({ open, low, close, volume, tradeCount, complete, flags }) => [
        open,
        low,
        close,
        volume,
        tradeCount,
        complete,
        flags,
      ]),
    ).toEqual([
      ['60000', '60000', '60000', '3', 6, true, undefined],
      ['60000', '50000', '50000', '3.5', 7, false, ['reset']],
      ['50000', '50000', '50000', '3', 6, true, undefined],
    ]);
    expect(candles).toEqual(await printed(tape));
  });

  it('that begins out of its order, over the end of a second, has its first candle whole', async () => {
    const told = [102, 100, 101, 103, 104, 105].map((id) => ({
      id,
      timeMs: at(0) + 600 * (id - 100),
      price: 60_000 + id,
    }));
    const [first, ...others] = told.map((one, n) => ({ ...one, receivedAtMs: at(2) + n }));
    const tape = captureOf([first!, ...others, { id: 106, timeMs: at(61) }]);
    const { totals, candles } = await replayed([tape]);
    expect(totals).toMatchObject({ trades: 7, historyCandles: 1, dropped: { known: 0 } });
    expect(candles).toMatchObject([{ open: '60100', close: '60105', tradeCount: 6, complete: true }]);
    expect(candles).toEqual(await printed(tape));
  });

  it('that gives an id again in the same millisecond in which it begins anew loses nothing', async () => {
    const before = every([100, 101, 102], 0, 10);
    const after = [101, 102, 103].map((id, n) => ({ id, timeMs: at(20) + 500 * n, price: 20 }));
    const tape = captureOf([
      ...before,
      { ...after[0]!, price: 21 },
      ...after.slice(1),
      { id: 104, timeMs: at(61) },
    ]);
    const { totals, candles } = await replayed([tape]);
    expect(totals.trades).toBe(7);
    expect(candles).toMatchObject([{ tradeCount: 6, high: '21' }]);
    expect(candles).toEqual(await printed(tape));
  });
});
