import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { qualityOf } from '../../domain/market-data/quality-flags.ts';
import { BadCandleFile, readCandleFile } from './candle-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-candles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PATH = join(folder, 'candles.csv');
const HEADER = 'openTimeMs,open,high,low,close,volume';
const FIRST = '1000,1,2,0.5,1.5,10';
const SECOND = '2000,1.5,3,1,2,0';

function write(content: string | Uint8Array): string {
  writeFileSync(PATH, content);
  return PATH;
}
const lines = (...all: readonly string[]): string => write(`${all.join('\n')}\n`);

async function complaint(path: string): Promise<string> {
  const error: unknown = await readCandleFile(path).catch((caught: unknown) => caught);
  if (!(error instanceof BadCandleFile)) throw new Error('expected a complaint');
  expect(error.message).not.toContain('\n');
  return error.message.replace(folder, '');
}

describe('a file of candles', () => {
  it.each([
    ['plain', `${HEADER}\n${FIRST}\n${SECOND}\n`],
    ['without a last newline', `${HEADER}\n${FIRST}\n${SECOND}`],
    ['with the line ends of Windows', `${HEADER}\r\n${FIRST}\r\n${SECOND}\r\n`],
    ['with empty lines at its end', `${HEADER}\n${FIRST}\n${SECOND}\n\n\n`],
    ['with a byte order mark', `\uFEFF${HEADER}\n${FIRST}\n${SECOND}\n`],
    ['with exponents', `${HEADER}\n1e3,1,2e0,5e-1,1.5,1E1\n${SECOND}\n`],
  ])('is read %s, and packed', async (_, content) => {
    for (const bytes of [Buffer.from(content), gzipSync(content)]) {
      const { series } = await readCandleFile(write(bytes));
      expect(series.length).toBe(2);
      expect([...series.openTimeMs]).toEqual([1000, 2000]);
      expect([series.open[0], series.high[0], series.low[0], series.close[0], series.volume[0]]).toEqual([
        1, 2, 0.5, 1.5, 10,
      ]);
    }
  });

  it('may say what is said against each candle', async () => {
    const { series } = await readCandleFile(lines(`${HEADER},flags`, `${FIRST},`, `${SECOND},spike gap`));
    expect([...series.quality!]).toEqual([0, qualityOf('gap', 'spike')]);
    expect(series.volume[1]).toBe(0);
    expect((await readCandleFile(lines(HEADER, FIRST))).series.quality).toBeUndefined();
    expect(await complaint(lines(`${HEADER},flags`, `${FIRST},odd`))).toContain(
      'line 2: flags: expected gap, ',
    );
    expect(await complaint(lines(`${HEADER},flags`, FIRST))).toBe(
      '/candles.csv: line 2: expected 7 fields, got 6',
    );
  });

  it.each<[string, () => string, string]>([
    ['empty', () => write(''), `/candles.csv: is empty, expected the header ${HEADER}`],
    ['empty and packed', () => write(gzipSync('')), `/candles.csv: is empty, expected the header ${HEADER}`],
    ['only a header', () => lines(HEADER), '/candles.csv: has no candles behind its header'],
    [
      'without a header',
      () => lines(FIRST, SECOND),
      `/candles.csv: line 1: expected the header ${HEADER}, got "${FIRST}"`,
    ],
    [
      'something else on a very long line',
      () => write('x'.repeat(1000)),
      `/candles.csv: line 1: expected the header ${HEADER}, got "${'x'.repeat(60)}…"`,
    ],
    [
      'truncated',
      () => write(gzipSync(`${HEADER}\n${FIRST}\n`).subarray(0, 40)),
      '/candles.csv: not a whole gzip file (unexpected end of file)',
    ],
    [
      'unsorted',
      () => lines(HEADER, SECOND, FIRST),
      '/candles.csv: line 3: candles are not in order: 1000 does not follow 2000',
    ],
    [
      'doubled',
      () => lines(HEADER, FIRST, FIRST),
      '/candles.csv: line 3: candles are not in order: 1000 does not follow 1000',
    ],
    [
      'short of a column',
      () => lines(HEADER, FIRST, '2000,1,2,1,2'),
      '/candles.csv: line 3: expected 6 fields, got 5',
    ],
    [
      'no number',
      () => lines(HEADER, '1000,1,2,0.5,NaN,10'),
      '/candles.csv: line 2: close: expected a number, got "NaN"',
    ],
    [
      'below zero',
      () => lines(HEADER, '1000,1,2,-1,1.5,10'),
      '/candles.csv: line 2: expected 0 < low ≤ open, close ≤ high',
    ],
    [
      'upside down',
      () => lines(HEADER, '1000,1,0.5,2,1,10'),
      '/candles.csv: line 2: expected 0 < low ≤ open, close ≤ high',
    ],
    [
      'of a volume below zero',
      () => lines(HEADER, '1000,1,2,0.5,1.5,-1'),
      '/candles.csv: line 2: volume: expected zero or more',
    ],
    [
      'beyond all prices',
      () => lines(HEADER, '1000,1,1e30,0.5,1.5,1'),
      '/candles.csv: line 2: high: expected at most 1000000000000000',
    ],
    [
      'between two milliseconds',
      () => lines(HEADER, '1000.5,1,2,0.5,1.5,1'),
      '/candles.csv: line 2: openTimeMs: expected milliseconds since the epoch, before the year 2100',
    ],
    [
      'of microseconds',
      () => lines(HEADER, '1723161255342000,1,2,0.5,1.5,1'),
      '/candles.csv: line 2: openTimeMs: expected milliseconds since the epoch, before the year 2100',
    ],
    ['not there', () => join(folder, 'missing.csv'), '/missing.csv: cannot be read (no such file or folder)'],
    ['a folder', () => folder, ': cannot be read (a folder is there)'],
  ])('that is %s is refused in one line', async (_, path, expected) => {
    expect(await complaint(path())).toBe(expected);
  });
});
