/** `millrace export`, and its files brought back by `millrace history`: what comes back is what was stored. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openPlatform } from '../../embedded/platform.ts';
import { openStorage } from '../../embedded/storage.ts';
import { streamTrades } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const dataDir = join(folder, 'data');
const MIDNIGHT_MS = Date.UTC(2024, 7, 10);
const BTC = 'binance:BTC-USDT';

/** A trade each second, from ten minutes before midnight to ten minutes behind it, as a venue publishes them. */
function published(symbol: string, price: number): string {
  const path = join(folder, `${symbol}-trades.csv`);
  const rows = Array.from({ length: 1200 }, (_, n) => {
    const cells = [5000 + n, `${price + (n % 7)}.25`, `0.${n + 1}`, '1', MIDNIGHT_MS + (n - 600) * 1000];
    return [...cells, n % 3 === 0 ? 'True' : 'False', 'True'].join(',');
  });
  writeFileSync(path, rows.join('\n'));
  return path;
}

interface Exported {
  readonly instruments: readonly {
    readonly instrumentId: string;
    readonly days: number;
    readonly trades: number;
    readonly tradesAdded: number;
    readonly filesAdded: number;
  }[];
}

async function exportTo(out: string, ...args: string[]): Promise<Exported['instruments']> {
  const { code, stdout } = await runMillrace([...['export', '--data-dir', dataDir, '--out', out], ...args]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as Exported).instruments;
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())
    .sort();
}

async function storedTrades(path: string): Promise<readonly Trade[]> {
  const storage = await openStorage(path, { mustExist: true });
  try {
    const trades: Trade[] = [];
    await streamTrades(storage.clickHouse, (trade) => trades.push(trade));
    return trades;
  } finally {
    await storage.close();
  }
}

let stored: readonly Trade[];

beforeAll(async () => {
  for (const [symbol, id, price] of [
    ['BTCUSDT', BTC, 60_000],
    ['ETHUSDT', 'binance:ETH-USDT', 2500],
  ] as const)
    await runMillrace([
      ...['history', '--data-dir', dataDir, '--file', published(symbol, price), '--instrument', id],
    ]);
  // One of them has something said against it.
  const storage = await openStorage(dataDir, { mustExist: true });
  const [one] = await storage.trades.between(BTC, 0, Infinity, 1);
  const spike = { ...one!, tradeId: one!.tradeId + 1_000_000, quality: 64, receivedAtMs: one!.timeMs };
  await storage.trades.insert([spike], { mayRepeat: false });
  await storage.close();
  stored = await storedTrades(dataDir);
}, 120_000);

it('is what the platform writes by itself of days that are over, which it does once, with what it may touch', async () => {
  const out = join(folder, 'beside');
  await exportTo(out);
  const platform = await openPlatform({ dataDir, use: { market: 'real' }, time: 'wall' });
  try {
    for (let n = 0; n < 3; n++) await platform.runtime.invoker.invoke('archive-trades', {});
    const [own, beside] = [filesBelow(join(dataDir, 'objects', 'trades')), filesBelow(join(out, 'trades'))];
    expect(own).toHaveLength(4);
    expect(own.map((path) => readFileSync(path))).toEqual(beside.map((path) => readFileSync(path)));
  } finally {
    await platform.close();
  }
}, 120_000);

describe('millrace export', () => {
  it('writes files that history brings back without a difference, flags and all', async () => {
    const out = join(folder, 'whole');
    const exported = await exportTo(out);
    expect(exported.reduce((sum, { tradesAdded }) => sum + tradesAdded, 0)).toBe(stored.length);
    const files = filesBelow(join(out, 'trades'));
    expect(files.map((path) => path.slice(out.length + 1))).toEqual(
      ['BTC-USDT', 'ETH-USDT'].flatMap((pair) =>
        ['2024-08-09', '2024-08-10'].map(
          (day) => `trades/exchange=binance/instrument=${pair}/day=${day}/part-00000.parquet`,
        ),
      ),
    );
    const again = join(folder, 'again');
    const { code, stderr } = await runMillrace(['history', '--data-dir', again, '--file', ...files]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await storedTrades(again)).toEqual(stored);
    const { stdout } = await runMillrace(['reconcile', '--data-dir', again]);
    expect((JSON.parse(stdout) as { differences: object[] }).differences).toEqual([]);
  }, 120_000);

  it('writes nothing a second time, and of a part of the time what lies in it', async () => {
    const out = join(folder, 'in-pieces');
    const asked = ['--instrument', BTC];
    const piece = ['--from', '2024-08-09T23:58:00Z', '--to', '2024-08-10T00:01:00Z'];
    const [first] = await exportTo(out, ...asked, ...piece);
    expect(first).toMatchObject({ days: 2, trades: 180, tradesAdded: 180, filesAdded: 2 });
    const [rest] = await exportTo(out, ...asked);
    expect(rest).toMatchObject({ days: 2, trades: 1201, tradesAdded: 1021, filesAdded: 2 });
    const before = filesBelow(out).map((path) => readFileSync(path));
    expect(await exportTo(out, ...asked)).toMatchObject([{ tradesAdded: 0, filesAdded: 0 }]);
    expect(filesBelow(out).map((path) => readFileSync(path))).toEqual(before);
  }, 120_000);

  it('says in one line what was wrong with what it was asked, and makes nothing', async () => {
    const taken = join(folder, 'taken');
    writeFileSync(taken, '');
    const out = join(folder, 'none');
    const foreign = join(folder, 'foreign');
    const inItsPlace = 'trades/exchange=binance/instrument=BTC-USDT/day=2024-08-09/part-00000.parquet';
    mkdirSync(join(foreign, inItsPlace, '..'), { recursive: true });
    writeFileSync(join(foreign, inItsPlace), 'no such file');
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [[], '--out DIR is missing'],
      [['--out', taken], '--out: expected a folder'],
      [['--out', out, '--instrument', 'BTC'], '--instrument: expected an id such as binance:BTC-USDT'],
      [['--out', out, '--from', 'noon'], '--from: expected'],
      [['--out', out, '--from', '2024-08-10', '--to', '2024-08-09'], '--to: expected a time after --from'],
      [['--out', foreign], `${inItsPlace}: is no Parquet file that can be read`],
    ];
    for (const [args, line] of wrong) {
      const { code, stdout, stderr } = await runMillrace(['export', '--data-dir', dataDir, ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).toContain(line);
    }
    expect(existsSync(out)).toBe(false);
  }, 120_000);
});
