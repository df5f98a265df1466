import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { writeCapture } from '../../../test/platform/write-capture.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { verifyCapture } from './capture-file.ts';

const START_MS = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const folder = temporaryFolder();
let files = 0;

/** Ten trades, a second apart. @param stamp what stands as received, of a trade */
function captureOf(
  stamp: (timeMs: number, n: number) => string,
  timeOf = (n: number) => START_MS + 1000 * n,
) {
  const path = join(folder, `${++files}.ndjson.gz`);
  const lines = Array.from({ length: 10 }, (_, n) => {
    const T = timeOf(n);
    const message = JSON.stringify({ e: 'trade', s: 'BTCUSDT', t: 100 + n, p: '1', q: '1', T, m: true });
    const receivedAtNs = stamp(START_MS + 1000 * n, n);
    return JSON.stringify({ receivedAtNs, exchange: 'binance', kind: 'ws', url: 'wss://stream', message });
  });
  writeCapture(path, lines);
  return path;
}

const ns = (timeMs: number): string => `${timeMs}000000`;

describe('the clock by which a capture was received', () => {
  it('is said to be wrong, with the line, where most trades agree on that', async () => {
    await expect(verifyCapture(captureOf((timeMs) => ns(timeMs - 8 * HOUR_MS)))).rejects.toThrow(
      'line 1: received 2026-02-28T16:00:00.000Z, and its trade was made 2026-03-01T00:00:00.000Z: the clock of whoever ' +
        'recorded it was 8 h slow (10 of 10 stamps say so)',
    );
    await expect(verifyCapture(captureOf((timeMs) => ns(timeMs + 50 * HOUR_MS)))).rejects.toThrow(
      '50 h fast',
    );
  });

  it('is not, where it is off by less than makes a difference, or where the trades are wrong', async () => {
    for (const stamp of [
      (timeMs: number) => ns(timeMs - HOUR_MS),
      (timeMs: number) => ns(timeMs + 24 * HOUR_MS),
    ])
      expect((await verifyCapture(captureOf(stamp))).tally.trades).toBe(10);
    const inSeconds = captureOf(ns, (n) => (n < 8 ? START_MS / 1000 : START_MS));
    expect((await verifyCapture(inSeconds)).tally.trades).toBe(2);
    const ofNoYear = captureOf(ns, () => 1e20);
    expect((await verifyCapture(ofNoYear)).tally.trades).toBe(0);
    const scattered = captureOf(ns, (n) => START_MS + n * 9 * HOUR_MS);
    expect((await verifyCapture(scattered)).tally.trades).toBe(1);
  });

  it.each([
    ['microseconds', '000'],
    ['milliseconds', ''],
  ])('is read in nanoseconds: %s are named, with their line', async (unit, zeros) => {
    await expect(
      verifyCapture(captureOf((timeMs, n) => (n < 3 ? ns(timeMs) : `${timeMs}${zeros}`))),
    ).rejects.toThrow(
      new RegExp(`line 4: receivedAtNs: expected nanoseconds since the epoch, found \\d+, which are ${unit}`),
    );
  });

  it('is read in nanoseconds: seconds are named', async () => {
    await expect(verifyCapture(captureOf((timeMs) => String(timeMs / 1000)))).rejects.toThrow(
      'which are seconds',
    );
  });
});

describe('the clock of a capture of books alone', () => {
  /** @param stamp what stands as received */
  function booksOf(stamp: (timeMs: number) => string, stampedMs = (timeMs: number) => timeMs) {
    const path = join(folder, `${++files}.ndjson.gz`);
    const lines = Array.from({ length: 10 }, (_, n) => {
      const timeMs = START_MS + 1000 * n;
      const levels = { U: n + 1, u: n + 1, b: [], a: [] };
      const message = JSON.stringify({ e: 'depthUpdate', E: stampedMs(timeMs), s: 'BTCUSDT', ...levels });
      return JSON.stringify({
        receivedAtNs: stamp(timeMs),
        exchange: 'binance',
        kind: 'ws',
        url: 'wss://stream',
        message,
      });
    });
    writeCapture(path, lines);
    return path;
  }

  it('is held against that of the venue', async () => {
    expect((await verifyCapture(booksOf(ns))).tally.bookMessages).toBe(10);
    await expect(verifyCapture(booksOf((timeMs) => `${timeMs}000`))).rejects.toThrow(
      'line 1: receivedAtNs: expected nanoseconds since the epoch, found 1772323200000000, which are microseconds',
    );
    await expect(verifyCapture(booksOf((timeMs) => ns(timeMs - 8 * HOUR_MS)))).rejects.toThrow('8 h slow');
  });

  it('is not doubted for stamps that are no times at all', async () => {
    expect((await verifyCapture(booksOf(ns, () => 1e18))).tally.bookMessages).toBe(10);
  });
});
