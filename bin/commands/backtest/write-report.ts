import { lstat, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorReason } from '../../../shared/adapters/files/file-error.ts';
import { makeFolder } from '../../../shared/adapters/files/make-folder.ts';
import type { BacktestResult, BacktestTrade } from '../../../shared/engine/backtest.ts';
import { BadInput } from '../../command-line/bad-input.ts';

const TRADE_COLUMNS = [
  'entryTimeMs',
  'entryPrice',
  'exitTimeMs',
  'exitPrice',
  'quantity',
  'profit',
  'return',
] as const satisfies readonly (keyof BacktestTrade)[];

/**
 * Writes `report.json`, `trades.csv` and `equity.csv` into the folder, none before all are written.
 * @throws BadInput when the folder does not take them
 */
export async function writeBacktestReport(
  folder: string,
  result: BacktestResult,
  openTimeMs: Float64Array,
  equity: Float64Array,
): Promise<void> {
  const trades = result.trades.map((trade) => [
    ...TRADE_COLUMNS.map((column) => trade[column]),
    // What is said against its market data.
    (trade.flags ?? []).join(' '),
  ]);
  const equityRows = Array.from(openTimeMs, (time, i) => [time, equity[i]!]);
  try {
    await writeTogether(folder, {
      'report.json': `${JSON.stringify(result, null, 2)}\n`,
      'trades.csv': csv([...TRADE_COLUMNS, 'flags'], trades),
      'equity.csv': csv(['openTimeMs', 'equity'], equityRows),
    });
  } catch (error) {
    const reason = fileErrorReason(error);
    if (reason === null) throw error;
    const { path } = error as NodeJS.ErrnoException;
    throw new BadInput(`--report: expected a folder that can be written, ${path ?? folder}: ${reason}`, {
      cause: error,
    });
  }
}

/** Beside their places first, so that a full disk leaves an earlier report as it was. */
async function writeTogether(folder: string, texts: Readonly<Record<string, string>>): Promise<void> {
  makeFolder(folder);
  const files = Object.entries(texts).map(([name, text]) => ({
    path: join(folder, name),
    temporary: join(folder, `.${name}.${process.pid}.tmp`),
    text,
  }));
  for (const { path } of files) await assertNoFolder(path);
  try {
    for (const { temporary, text } of files) await writeFile(temporary, text);
    for (const { temporary, path } of files) await rename(temporary, path);
  } catch (error) {
    await Promise.all(files.map(async ({ temporary }) => rm(temporary, { force: true })));
    throw error;
  }
}

async function assertNoFolder(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isDirectory() === true)
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR', path });
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.join(',')}\n`).join('');
}
