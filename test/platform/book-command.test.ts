import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runMillrace } from './run-millrace.ts';
import { writeCapture } from './write-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-book-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const level = (price: number): string[] => [price.toFixed(8), '1.50000000'];

function line(second: number, kind: string, url: string, message: unknown): string {
  const receivedAtNs = `${1_767_225_600 + second}000000000`;
  return JSON.stringify({ receivedAtNs, exchange: 'binance', kind, url, message: JSON.stringify(message) });
}

const depth = (second: number, U: number, u: number, b: string[][]): string =>
  line(second, 'ws', 'wss://stream.binance.com:9443/stream', {
    stream: 'btcusdt@depth',
    data: { e: 'depthUpdate', E: 1_767_225_600_000 + 1000 * second, s: 'BTCUSDT', U, u, b, a: [] },
  });

const snapshot = (second: number, lastUpdateId: number): string =>
  line(second, 'rest', 'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000', {
    lastUpdateId,
    bids: Array.from({ length: 12 }, (_, n) => level(100 - n)),
    asks: [level(101)],
  });

function book(name: string, lines: readonly string[]) {
  writeCapture(join(folder, name), lines);
  return runMillrace(['book', '--capture', join(folder, name)]);
}

describe('the book command', () => {
  it('prints the ten best levels of each side, and what became of the updates', async () => {
    const { code, stdout } = await book('whole.ndjson.gz', [
      depth(0, 1, 5, [level(50)]),
      snapshot(1, 5),
      depth(2, 6, 7, [level(100.5), ['99.00000000', '0.00000000']]),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        instrumentId: 'binance:BTC-USDT',
        state: 'whole',
        connections: 1,
        updates: 2,
        applied: 1,
        gaps: 0,
        resyncs: 0,
        checksumsOk: 0,
        checksumsBad: 0,
        quotesOk: 0,
        quotesBad: 0,
        bidLevels: 12,
        askLevels: 1,
        bids: [100.5, 100, 98, 97, 96, 95, 94, 93, 92, 91].map((price) => [String(price), '1.5']),
        asks: [['101', '1.5']],
      },
    ]);
  });

  it('says of a book that misses something what it misses, and what it set aside', async () => {
    const { code, stdout, stderr } = await book('gap.ndjson.gz', [
      snapshot(0, 5),
      depth(1, 8, 9, [level(100.5)]),
      line(2, 'ws', 'wss://stream.binance.com:9443/stream', { e: 'kline', s: 'BTCUSDT' }),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { state: 'syncing', updates: 1, applied: 0, gaps: 0, bidLevels: 0, bids: [] },
    ]);
    expect(stderr).toMatch(/1 kline \(this channel is not read, first in line 3\)/);
    const { stdout: later } = await book('later-gap.ndjson.gz', [
      snapshot(0, 5),
      depth(1, 6, 6, []),
      depth(2, 8, 9, [level(100.5)]),
    ]);
    expect(JSON.parse(later)).toMatchObject([
      { state: 'gap', cause: 'updates 7 to 7 are missing', updates: 2, applied: 1, gaps: 1, bidLevels: 12 },
    ]);
  });

  it('says so where there are no books', async () => {
    const trade = { e: 'trade', E: 1, s: 'BTCUSDT', t: 1, p: '1', q: '1', T: 1_767_225_600_000, m: true };
    const { code, stdout, stderr } = await book('trades.ndjson.gz', [
      line(0, 'ws', 'wss://stream.binance.com:9443/stream', { stream: 'btcusdt@trade', data: trade }),
    ]);
    expect([code, stdout]).toEqual([0, '[]\n']);
    expect(stderr).toContain('no message has levels of a book, so no books');
  });

  it('refuses what is no capture in one line', async () => {
    const { code, stdout, stderr } = await runMillrace(['book', '--capture', join(folder, 'none.gz')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
