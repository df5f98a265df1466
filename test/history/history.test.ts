/** `millrace history` over files as venues publish them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { openStorage } from '../../embedded/storage.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { zipOf } from './zip-of.ts';

const DAY_MS = Date.UTC(2024, 7, 9);
const MINUTE_MS = 60_000;
const folder = temporaryFolder();
let folders = 0;

interface Imported {
  readonly kind: string;
  readonly written: Record<string, number>;
  readonly disagreements?: { readonly count: number };
  readonly findings: {
    readonly rows: number;
    readonly quiet: number;
    readonly stamps: { readonly ms: number; readonly us: number };
    readonly setAside: readonly { readonly cause: string; readonly count: number; readonly first: string }[];
    readonly doubled: number;
    readonly offGrid: number;
    readonly missing: { readonly count: number; readonly stretches: readonly object[] };
    readonly truncatedDays: readonly { readonly day: string }[];
  };
}

function newFolder(): string {
  return join(folder, `data-${folders++}`);
}

function written(name: string, body: string | Buffer | Uint8Array): string {
  const path = join(folder, String(folders++), name);
  mkdirSync(join(path, '..'));
  writeFileSync(path, body);
  return path;
}

async function history(dataDir: string, ...args: string[]) {
  const { code, stdout, stderr } = await runMillrace(['history', '--data-dir', dataDir, ...args]);
  const files = stdout === '' ? [] : (JSON.parse(stdout) as { files: Imported[] }).files;
  return { code, stderr, files };
}

async function stateHash(dataDir: string): Promise<{ trades: number; candles: number; stateHash: string }> {
  const { stdout } = await runMillrace(['state', '--data-dir', dataDir]);
  return JSON.parse(stdout) as { trades: number; candles: number; stateHash: string };
}

async function candlesOf(
  dataDir: string,
  interval: '1m' | '5m' | '1h' | '1d',
  instrumentId = 'binance:BTC-USDT',
) {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    const candles = await storage.candles.between(instrumentId, interval, 0, Infinity, 5000);
    const seen = await storage.candles.asFirstClosed(instrumentId, interval, 0, Infinity, 5000);
    return { candles, seen };
  } finally {
    await storage.close();
  }
}

/** One trade every 20 s of a day, in Binance's columns. */
function tradesOfDay(stamp: (ms: number) => string, fromId = 1000): string[] {
  return Array.from({ length: 4320 }, (_, n) => {
    const price = (60_000 + Math.sin(n) * 100).toFixed(2);
    const cells = [fromId + n, `${price}000000`, '0.01000000', '600.00000000', stamp(DAY_MS + n * 20_000)];
    return [...cells, n % 3 === 0 ? 'True' : 'False', 'True'].join(',');
  });
}

const inMs = (ms: number): string => String(ms);
const inUs = (ms: number): string => `${ms}417`;

function klines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) => {
    const openMs = DAY_MS + (from + n) * MINUTE_MS;
    const prices = [`${100 + (n % 7)}.1`, `${110 + (n % 7)}.5`, `${90 - (n % 7)}.25`, `${101 + (n % 5)}.0`];
    return [openMs, ...prices, '2.5', openMs + MINUTE_MS - 1, '250.125', 12, '1.25', '125.0625', 0].join(',');
  });
}

describe('history out of trades', () => {
  it('is the same whether the file is a zip, has a head, is of microseconds or Parquet, and however often it is brought', async () => {
    const plain = newFolder();
    const name = 'BTCUSDT-trades-2024-08-09';
    const first = await history(plain, '--file', written(`${name}.csv`, tradesOfDay(inMs).join('\n')));
    expect(first).toMatchObject({
      code: 0,
      files: [{ kind: 'trades', tradesStored: 4320, findings: { rows: 4320, doubled: 0 } }],
    });
    expect(first.files[0]!.findings).toMatchObject({
      missing: { count: 0 },
      truncatedDays: [],
      setAside: [],
    });
    // The name says that it is the whole day, so its last candles are over, too.
    expect(first.files[0]!.written).toEqual({
      ...{ '1s': 4320, '30s': 2880, '1m': 1440, '5m': 288, '15m': 96, '1h': 24, '4h': 6, '1d': 1 },
    });
    const expected = await stateHash(plain);
    const again = await history(plain, '--file', written(`${name}.csv`, tradesOfDay(inMs).join('\n')));
    expect(again.files[0]).toMatchObject({ tradesStored: 0, written: {} });
    expect(await stateHash(plain)).toEqual(expected);

    const head = 'id,price,qty,quote_qty,time,is_buyer_maker,is_best_match';
    const csv = [head, ...tradesOfDay(inUs)].join('\r\n');
    const zipped = newFolder();
    const ofZip = await history(zipped, '--file', written(`${name}.zip`, zipOf(`${name}.csv`, csv)));
    expect(ofZip.files[0]!.findings.stamps).toEqual({ ms: 0, us: 4320 });
    expect(await stateHash(zipped)).toEqual(expected);

    const cells = tradesOfDay(inMs).map((line) => line.split(','));
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'tradeId', data: cells.map(([id]) => BigInt(id!)), type: 'INT64' },
        { name: 'price', data: cells.map(([, price]) => price!), type: 'STRING' },
        { name: 'quantity', data: cells.map(([, , quantity]) => Number(quantity)), type: 'DOUBLE' },
        { name: 'timeMs', data: cells.map((row) => BigInt(row[4]!)), type: 'INT64' },
        { name: 'isBuyerMaker', data: cells.map((row) => row[5] === 'True'), type: 'BOOLEAN' },
      ],
    });
    const columns = newFolder();
    await history(columns, '--file', written(`${name}.parquet`, new Uint8Array(parquet)));
    expect(await stateHash(columns)).toEqual(expected);

    const { code } = await runMillrace(['reconcile', '--data-dir', plain]);
    expect(code).toBe(0);
    const { candles, seen } = await candlesOf(plain, '1h');
    expect(candles).toHaveLength(24);
    expect(candles.every(({ complete }) => complete)).toBe(true);
    // No strategy may ever be shown one.
    expect(seen).toEqual([]);
  }, 120_000);

  it('says what is missing, doubled, cut short and unreadable, and goes on with the rest', async () => {
    const lines = tradesOfDay(inMs).slice(0, 2000);
    lines.splice(10, 3);
    lines[20] = lines[19]!;
    lines[30] = lines[30]!.replace('0.01000000', '-1');
    lines[40] = lines[40]!.replace(/,17\d{11},/, ',1723161600,');
    const dataDir = newFolder();
    const { code, files } = await history(
      dataDir,
      '--file',
      written('BTCUSDT-trades-2024-08-09.csv', lines.join('\n')),
    );
    const { findings, written: made } = files[0]!;
    expect(code).toBe(0);
    expect(findings).toMatchObject({
      rows: 1997,
      doubled: 1,
      missing: { count: 6, stretches: expect.arrayContaining([{ from: 1010, to: 1012 }]) },
      truncatedDays: [{ day: '2024-08-09' }],
    });
    expect(findings.setAside).toEqual([
      {
        cause: 'quantity: expected a decimal above zero',
        count: 1,
        first: expect.stringContaining('line 31'),
      },
      {
        cause: expect.stringContaining('time: expected a stamp in ms or µs'),
        count: 1,
        first: expect.stringContaining('seconds'),
      },
    ]);
    // Of a day that is cut short nobody knows how it ended.
    expect(made['1d']).toBeUndefined();
    expect((await stateHash(dataDir)).trades).toBe(1994);
  }, 60_000);

  it('goes on where it was killed', async () => {
    const file = written('BTCUSDT-trades-2024-08-09.csv', tradesOfDay(inMs).join('\n'));
    const [whole, killed] = [newFolder(), newFolder()];
    await history(whole, '--file', file);
    for (const killAfterMs of [1200, 1700, 2300])
      await runMillrace(['history', '--data-dir', killed, '--file', file], { killAfterMs });
    await history(killed, '--file', file);
    expect(await stateHash(killed)).toMatchObject({ trades: 4320 });
    expect((await runMillrace(['reconcile', '--data-dir', killed])).code).toBe(0);
    const [a, b] = [await candlesOf(whole, '1m'), await candlesOf(killed, '1m')];
    expect(b.candles).toEqual(a.candles);
  }, 120_000);
});

describe('history out of klines', () => {
  it('makes the longer candles of the shorter, and none of a span that is there in part', async () => {
    const lines = klines(500);
    const quiet = lines[7]!.split(',');
    lines[7] = [...quiet.slice(0, 5), '0', quiet[6], '0', '0', '0', '0', '0'].join(',');
    lines.splice(300, 2);
    const dataDir = newFolder();
    const file = written('BTCUSDT-1m-2024-08-09.csv.gz', gzipSync(`${lines.join('\n')}\n`));
    const { code, files } = await history(dataDir, '--file', file);
    expect(code).toBe(0);
    expect(files[0]!.findings).toMatchObject({
      ...{ rows: 498, quiet: 1, offGrid: 0, truncatedDays: [{ day: '2024-08-09' }] },
      missing: { count: 2, stretches: [{ from: DAY_MS + 300 * MINUTE_MS, to: DAY_MS + 301 * MINUTE_MS }] },
    });
    expect(files[0]!.written).toEqual({ '1m': 497, '5m': 100, '15m': 33, '1h': 8, '4h': 2 });
    const { candles, seen } = await candlesOf(dataDir, '5m');
    const [first] = candles;
    expect({ ...first, open: formatDecimal(first!.open), high: formatDecimal(first!.high) }).toMatchObject({
      ...{ openTimeMs: DAY_MS, open: '100.1', high: '114.5', tradeCount: 60, complete: false },
    });
    expect(formatDecimal(candles[1]!.volume)).toBe('10');
    expect(seen).toEqual([]);
    const again = await history(dataDir, '--file', file);
    expect(again.files[0]).toMatchObject({ written: {}, disagreements: { count: 0 } });
  }, 60_000);

  it('leaves alone what was watched from its open, and says where it is otherwise', async () => {
    const dataDir = newFolder();
    await history(dataDir, '--file', written('BTCUSDT-trades-2024-08-09.csv', tradesOfDay(inMs).join('\n')));
    const before = await stateHash(dataDir);
    const { files } = await history(
      dataDir,
      '--file',
      written('BTCUSDT-1m-2024-08-09.csv', klines(1440).join('\n')),
    );
    expect(files[0]!.written).toEqual({});
    expect(files[0]!.disagreements!.count).toBe(1440 + 288 + 96 + 24 + 6 + 1);
    expect(await stateHash(dataDir)).toEqual(before);
  }, 60_000);

  it('sets aside candles that are off their grid', async () => {
    const lines = klines(5);
    lines[2] = lines[2]!.replace(String(DAY_MS + 2 * MINUTE_MS), String(DAY_MS + 2 * MINUTE_MS + 1000));
    const { files } = await history(
      newFolder(),
      '--file',
      written('BTCUSDT-1m-2024-08-09.csv', lines.join('\n')),
    );
    expect(files[0]!.findings).toMatchObject({ offGrid: 1, missing: { count: 1 } });
    expect(files[0]!.findings.setAside[0]!.cause).toBe('open_time: expected a multiple of 1m');
  }, 30_000);
});

describe('history out of aggregates', () => {
  it('counts the trades that each stands for, and stores none', async () => {
    const aggregates = Array.from({ length: 180 }, (_, n) => {
      const cells = [
        500 + n,
        '61000.5',
        '0.2',
        9000 + n * 3,
        9002 + n * 3,
        DAY_MS + n * 20_000,
        'true',
        'true',
      ];
      return cells.join(',');
    });
    const dataDir = newFolder();
    const { files } = await history(
      dataDir,
      '--file',
      written('BTCUSDT-aggTrades-2024-08-09.csv', aggregates.join('\n')),
    );
    expect(files[0]).toMatchObject({ kind: 'aggTrades', findings: { rows: 180, missing: { count: 0 } } });
    const { candles } = await candlesOf(dataDir, '1m');
    expect(candles).toHaveLength(59);
    expect(candles[0]).toMatchObject({
      tradeCount: 9,
      firstTradeId: 9000,
      lastTradeId: 9008,
      complete: true,
    });
    expect((await stateHash(dataDir)).trades).toBe(0);
    // Their trades were not published: nothing is said against them.
    const { code, stdout } = await runMillrace(['reconcile', '--data-dir', dataDir]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/"published": ?\d{3}/) });
  }, 30_000);
});

describe('a file that is not what venues publish', () => {
  const csv = tradesOfDay(inMs).join('\n');
  const zip = zipOf('BTCUSDT-trades-2024-08-09.csv', csv);
  const flipped = Buffer.from(zip);
  flipped[Math.floor(zip.length / 2)]! ^= 0xff;
  it.each([
    ['a.csv', 'hello\nworld\n', [], 'expected the columns of klines, trades or aggTrades, got "hello"'],
    ['a.csv', '', [], 'is empty'],
    ['BTCUSDT-trades-2024-08-09.zip', zip.subarray(0, zip.length - 100), [], 'is damaged or cut short'],
    ['BTCUSDT-trades-2024-08-09.zip', flipped, [], 'damaged'],
    ['BTCUSDT-trades-2024-08-09.csv.gz', gzipSync(csv).subarray(0, 5000), [], 'is damaged or cut short'],
    ['BTCUSDT-trades-2024-08-09.parquet', csv, [], 'is no Parquet file that can be read'],
    ['a.csv', csv, [], '--instrument is missing: the name of'],
    [
      'BTCUSDT-trades-2024-08-09.csv',
      csv.replace(/,17(\d{11}),/g, ',38$1,'),
      [],
      'line 1: time: expected a past time, got 38',
    ],
    [
      'BTCUSDT-trades-2024-08-09.csv',
      csv,
      ['--instrument', 'binance:ETH-USDT'],
      'by its name, not of binance:ETH-USDT',
    ],
    ['BTCUSDT-3m-2024-08-09.csv', klines(2).join('\n'), [], 'its candles are of 3m, expected one of 1s'],
    ['a.csv', klines(2).join('\n'), ['--instrument', 'binance:BTC-USDT'], '--interval is missing'],
    [
      'BTCUSDT-1m-2024-08-09.csv',
      klines(3).reverse().join('\n'),
      [],
      'expected rows in order of their times, 2 are not',
    ],
  ])('%s is refused in one line, and nothing is written', async (name, body, args, line) => {
    const dataDir = newFolder();
    const { code, stderr } = await history(dataDir, '--file', written(name, body), ...args);
    const told = stderr
      .trim()
      .split('\n')
      .filter((one) => !one.startsWith('reading '));
    expect({ code, told }).toEqual({ code: 2, told: [expect.stringContaining(line)] });
    expect((await runMillrace(['state', '--data-dir', dataDir])).code).toBe(2);
  });
});
