import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BacktestResult, BacktestTrade } from '../../../shared/engine/backtest.ts';

const TRADE_COLUMNS = [
  'entryTimeMs',
  'entryPrice',
  'exitTimeMs',
  'exitPrice',
  'quantity',
  'profit',
  'return',
] as const satisfies readonly (keyof BacktestTrade)[];

/** Writes `report.json`, `trades.csv` and `equity.csv` into the folder, each whole or not at all. */
export async function writeBacktestReport(
  folder: string,
  result: BacktestResult,
  openTimeMs: Float64Array,
  equity: Float64Array,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, 'report.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeWhole(
    join(folder, 'trades.csv'),
    csv(
      TRADE_COLUMNS,
      result.trades.map((trade) => TRADE_COLUMNS.map((column) => trade[column])),
    ),
  );
  await writeWhole(
    join(folder, 'equity.csv'),
    csv(
      ['openTimeMs', 'equity'],
      [...openTimeMs].map((time, i) => [time, equity[i]!]),
    ),
  );
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.join(',')}\n`).join('');
}
