/** `start --replay --from`: nothing of what lies before it is stored, and no candle says that it was watched from its open. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openStorage } from '../../embedded/storage.ts';
import type { Totals } from '../../embedded/totals.ts';
import { runMillrace } from './run-millrace.ts';
import { FIRST_SECOND, syntheticLines, writeCapture } from './write-capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const SECONDS = 66;
const FROM_MS = (FIRST_SECOND + 35) * 1000 + 500;

it('begins there: the candles that were under way are not complete, the others are', async () => {
  const capture = join(folder, 'capture.ndjson.gz');
  const lines = syntheticLines({ seed: 3, instruments: 1, tradesPerSecond: 4 }, SECONDS);
  writeCapture(capture, lines);
  const from = new Date(FROM_MS).toISOString();
  const start = async (name: string, ...more: string[]): Promise<Totals> => {
    const { code, stdout, stderr } = await runMillrace([
      ...['start', '--replay', capture, '--from', from, '--speed', 'max', '--once'],
      ...['--data-dir', join(folder, name), ...more],
    ]);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Totals;
  };
  const totals = await start('data');
  expect((await start('data')).stateHash).toBe(totals.stateHash);
  const storage = await openStorage(join(folder, 'data'), { mustExist: true });
  try {
    const trades = await storage.trades.between('binance:BTC-USDT', 0, Infinity, 10_000);
    expect(totals.trades).toBe(trades.length);
    expect(trades[0]!.timeMs).toBeGreaterThan(FROM_MS - 1000);
    expect(trades.at(-1)!.timeMs).toBeGreaterThan((FIRST_SECOND + SECONDS - 2) * 1000);
    const candles = async (interval: '1s' | '30s') =>
      storage.candles.between('binance:BTC-USDT', interval, 0, Infinity, 1000);
    const ofMinute = await candles('30s');
    const open = (FIRST_SECOND + 30) * 1000;
    const inIt = trades.filter(({ timeMs }) => timeMs < open + 30_000);
    expect(ofMinute).toMatchObject([{ openTimeMs: open, complete: false, tradeCount: inIt.length }]);
    const [first, ...others] = await candles('1s');
    expect(first!.complete).toBe(false);
    expect(others.length).toBeGreaterThan(25);
    expect(others.every(({ complete }) => complete)).toBe(true);
  } finally {
    await storage.close();
  }
}, 120_000);
