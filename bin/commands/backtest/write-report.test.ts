import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BacktestResult } from '../../../shared/engine/backtest.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import { writeBacktestReport } from './write-report.ts';

const place = mkdtempSync(join(tmpdir(), 'millrace-report-'));
afterAll(() => rmSync(place, { recursive: true }));

const folder = join(place, 'report');
const result = { metrics: {}, trades: [], openPosition: null, tradeHash: 'abc' } as unknown as BacktestResult;
const write = async (to = folder): Promise<void> =>
  writeBacktestReport(to, result, Float64Array.of(1000, 2000), Float64Array.of(5, 6));

async function refusal(to = folder): Promise<string> {
  const error: unknown = await write(to).catch((caught: unknown) => caught);
  if (!(error instanceof BadInput)) throw new Error('expected bad input');
  return error.message.replaceAll(place, '');
}

describe('a report', () => {
  beforeEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is three files, in place of those that were there, beside what else is', async () => {
    await write();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'report.json'), 'old');
    await write();
    expect(readdirSync(folder).sort()).toEqual(['equity.csv', 'notes.txt', 'report.json', 'trades.csv']);
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(result);
    expect(readFileSync(join(folder, 'equity.csv'), 'utf8')).toBe('openTimeMs,equity\n1000,5\n2000,6\n');
  });

  it('says of each trade what is said against its market data', async () => {
    const amounts = { entryPrice: '1', exitPrice: '2', quantity: '3', profit: '3', return: 1 };
    const trade = { entryTimeMs: 1000, exitTimeMs: 2000, ...amounts };
    const trades = [trade, { ...trade, flags: ['gap', 'spike'] as const }];
    await writeBacktestReport(folder, { ...result, trades }, Float64Array.of(1000), Float64Array.of(5));
    const lines = readFileSync(join(folder, 'trades.csv'), 'utf8').split('\n');
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(['flags', '', 'gap spike', '']);
  });

  it('is refused, and nothing of it is left, where a file cannot take its place', async () => {
    mkdirSync(join(folder, 'trades.csv'), { recursive: true });
    writeFileSync(join(folder, 'report.json'), 'old');
    expect(await refusal()).toBe(
      '--report: expected a folder that can be written, /report/trades.csv: a folder is there',
    );
    expect(readdirSync(folder).sort()).toEqual(['report.json', 'trades.csv']);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe('old');
  });

  it('is refused below a file', async () => {
    writeFileSync(join(place, 'file'), '');
    expect(await refusal(join(place, 'file', 'report'))).toBe(
      '--report: expected a folder that can be written, /file: a file is in its place',
    );
  });
});
