import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStorage, type Storage } from '../../embedded/storage.ts';
import type { Totals } from '../../embedded/totals.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { engineOver } from '../platform/chain-and-engine.ts';
import { runMillrace, type MillraceRun } from '../platform/run-millrace.ts';
import { readTradingRecords } from '../platform/trading-records.ts';
import { publishedCandles } from './published-candles.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const CAPTURE = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;
const INSTRUMENT = 'binance:BTC-USDT';

function startArguments(dataDir: string, speed: string): string[] {
  return [
    ...['start', '--replay', CAPTURE, '--speed', speed, '--once', '--data-dir', dataDir],
    ...[
      '--strategy',
      'ma-crossover',
      '--params',
      '{"fastPeriod":5,"slowPeriod":20}',
      '--strategy-interval',
      '1s',
    ],
  ];
}

function totalsIn({ code, stdout, stderr }: MillraceRun): Totals {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Totals;
}

describeConformance('a recorded market replayed through the platform', () => {
  const folders = mkdtempSync(join(tmpdir(), 'millrace-replay-'));
  const undisturbed = join(folders, 'undisturbed');
  let totals: Totals;

  beforeAll(async () => {
    totals = totalsIn(await runMillrace(startArguments(undisturbed, 'max')));
  }, 60_000);

  afterAll(() => rmSync(folders, { recursive: true, force: true }));

  it('stores every trade once and closes every candle but the last', () => {
    // Of 1s, 30s, 1m, 5m, and one of each that is longer: the recording runs past a midnight.
    const candles = 644 + 22 + 11 + 3 + 4;
    expect(totals).toMatchObject({ market: 'real', trades: 19_904, candles, quarantined: 0, signals: 31 });
  });

  it('fills orders, and cash and position at the last price are the equity', () => {
    expect(totals.fills).toBeGreaterThan(0);
    expect(totals.fills).toBe(totals.orders);
    const position = totals.positions[0]!;
    const value = (decimal(position.quantity) * decimal('61602.02')) / decimal('1');
    expect(decimal(totals.equity)).toBe(decimal(totals.cash) + value);
  });

  it('gives the expected one-minute candles, to the last digit', async () => {
    const published = publishedCandles();
    const printed = await runMillrace(['candles', '--capture', CAPTURE, '--interval', '1m']);
    expect(JSON.parse(printed.stdout)).toEqual(published);
    await withStorage(undisturbed, async ({ candles }) => {
      const stored = await candles.between(INSTRUMENT, '1m', 0, 1e15, 1000);
      expect(stored.map(candleViewOf)).toEqual(published.filter(({ closed }) => closed));
    });
  });

  it('does nothing when it is asked to do the same again', async () => {
    expect(totalsIn(await runMillrace(startArguments(undisturbed, 'max')))).toEqual(totals);
    expect(totalsIn(await runMillrace(['state', '--data-dir', undisturbed]))).toEqual(totals);
  }, 60_000);

  it('gives the signals, orders and fills of the engine over the same tape, byte for byte', async () => {
    await withStorage(undisturbed, async ({ state }) => {
      const live = await readTradingRecords(state);
      const run = await engineOver(CAPTURE, live.instances);
      expect(canonicalJson(live.signals)).toBe(canonicalJson(run.signals));
      expect(canonicalJson(live.fills)).toBe(canonicalJson(run.fills));
      expect(live.orders.map(({ clientOrderId, status }) => [clientOrderId, status])).toEqual(
        run.orders.map(({ clientOrderId, status }) => [clientOrderId, status]),
      );
    });
  }, 60_000);

  it('comes to the same state at another speed', async () => {
    const paced = totalsIn(await runMillrace(startArguments(join(folders, 'paced'), '150')));
    expect(paced.stateHash).toBe(totals.stateHash);
  }, 120_000);

  it('comes to the same state when it is killed ten times on its way', async () => {
    const dataDir = join(folders, 'killed');
    let kills = 0;
    while (kills < 10) {
      const run = await runMillrace(startArguments(dataDir, 'max'), {
        killAfterMs: 300 + Math.random() * 1700,
      });
      if (run.code !== null) break;
      kills++;
    }
    const finished = totalsIn(await runMillrace(startArguments(dataDir, 'max')));
    expect(kills).toBeGreaterThanOrEqual(5);
    // What lay behind the last boundary was sent again.
    expect({ ...finished, dropped: totals.dropped }).toEqual(totals);
  }, 180_000);

  it('keeps what the exchange sent as a capture that can be replayed', () => {
    expect(existsSync(join(undisturbed, 'objects', 'raw', 'binance', '2024-08-08'))).toBe(true);
  });
});

async function withStorage(dataDir: string, use: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    await use(storage);
  } finally {
    await storage.close();
  }
}
