/** `millrace reconcile` over what the platform has stored of a capture, and over what was changed behind its back. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openStorage, type Storage } from '../../embedded/storage.ts';
import { runStatement } from '../../shared/adapters/clickhouse/requests.ts';
import { ONE } from '../../shared/domain/decimal.ts';
import { qualityOf } from '../../shared/domain/market-data/quality-flags.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { FIRST_SECOND, syntheticLines, writeCapture } from '../platform/write-capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECONDS = 400;
const capture = join(temporaryFolder(), 'capture.ndjson.gz');
const dataDir = join(temporaryFolder(), 'data');
const at = (second: number): number => (FIRST_SECOND + second) * 1000;

interface Reconciled {
  readonly code: number | null;
  readonly stderr: string;
  readonly result: {
    readonly instruments: readonly {
      readonly instrumentId: string;
      readonly trades: number;
      readonly compared: Record<string, number>;
    }[];
    readonly differenceCount: number;
    readonly differences: readonly Record<string, unknown>[];
  };
}

async function reconcile(...args: string[]): Promise<Reconciled> {
  const { code, stdout, stderr } = await runMillrace(['reconcile', '--data-dir', dataDir, ...args]);
  return { code, stderr, result: JSON.parse(stdout === '' ? 'null' : stdout) as Reconciled['result'] };
}

async function change(how: (storage: Storage) => Promise<unknown>): Promise<void> {
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    await how(storage);
  } finally {
    await storage.close();
  }
}

let instrumentId = '';
let trades = 0;

beforeAll(async () => {
  writeCapture(capture, syntheticLines({ seed: 4, instruments: 2, tradesPerSecond: 5 }, SECONDS));
  const run = await runMillrace([
    ...['start', '--replay', capture, '--speed', 'max', '--once', '--data-dir', dataDir],
  ]);
  trades = (JSON.parse(run.stdout) as { trades: number }).trades;
}, 60_000);

describe('reconcile', () => {
  it('finds that every candle of every interval is what its trades make of it', async () => {
    const { code, result } = await reconcile();
    expect({ code, differences: result.differences }).toEqual({ code: 0, differences: [] });
    expect(result.instruments).toHaveLength(2);
    expect(result.instruments.reduce((sum, one) => sum + one.trades, 0)).toBe(trades);
    instrumentId = result.instruments[0]!.instrumentId;
    const { compared } = result.instruments[0]!;
    expect(compared['1s']).toBeGreaterThan(SECONDS / 2);
    expect(compared['1m']).toBe(6);
    // What is not over is not held against anything.
    expect(Object.keys(compared).sort()).toEqual(['1m', '1s', '30s', '5m']);
  });

  it('finds nothing missing that trades would have closed whose times are ahead of their venue', async () => {
    await change(async ({ trades: store }) => {
      const last = (await store.latest(instrumentId))!;
      const ahead = Array.from({ length: 5 }, (_, n) => ({
        ...last,
        tradeId: last.tradeId + 1 + n,
        timeMs: last.timeMs + 600_000 * (n + 1),
        receivedAtMs: last.timeMs,
        quality: qualityOf('future-time'),
      }));
      await store.insert(ahead, { mayRepeat: false });
    });
    expect((await reconcile()).result.differences).toEqual([]);
  });

  it('tells of each candle that is not, and ends with 1', async () => {
    await change(async ({ candles }) => {
      const wrong = (await candles.latestRevision(instrumentId, '1m', at(60)))!;
      const more = { ...wrong, revision: wrong.revision + 1, close: wrong.close + ONE, tradeCount: 7 };
      const alone = { ...wrong, interval: '1s' as const, openTimeMs: at(-100) };
      await candles.insert([more, alone], { mayRepeat: false });
    });
    await change(async ({ clickHouse }) =>
      runStatement(
        clickHouse,
        `ALTER TABLE millrace.candles DELETE WHERE instrumentId = {instrumentId: String} AND interval = '30s'
          AND openTime = fromUnixTimestamp64Milli({openTimeMs: Int64}, 'UTC') SETTINGS mutations_sync = 1`,
        { instrumentId, openTimeMs: at(30) },
      ),
    );
    const { code, result } = await reconcile();
    expect(code).toBe(1);
    expect(result.differenceCount).toBe(3);
    expect(result.differences).toEqual([
      expect.objectContaining({ interval: '1s', kind: 'without-trades', openTimeMs: at(-100) }),
      expect.objectContaining({ interval: '30s', kind: 'missing', openTimeMs: at(30), revision: null }),
      expect.objectContaining({
        ...{ instrumentId, interval: '1m', kind: 'different', openTimeMs: at(60), revision: 1 },
        fields: {
          close: { stored: expect.any(String), ofTrades: expect.any(String) },
          tradeCount: { stored: 7, ofTrades: expect.any(Number) },
        },
      }),
    ]);
  });

  it('looks at the range and the intervals that were asked for, and at whole candles alone', async () => {
    const range = ['--from', String(at(90)), '--to', String(at(270))];
    const { code, result } = await reconcile('--interval', '1m', '--instrument', instrumentId, ...range);
    expect(code).toBe(0);
    expect(result.instruments).toMatchObject([{ instrumentId, compared: { '1m': 2 } }]);
  });

  it.each([
    [['--from', '2024-13-01'], '--from: expected a time such as'],
    [['--from', '2024-06-31'], '--from: expected a time such as'],
    [['--from', '2024-02-01', '--to', '2024-01-01'], '--to: expected a time after --from'],
    [['--instrument', 'BTCUSDT'], '--instrument: expected an id such as binance:BTC-USDT, got "BTCUSDT"'],
    [['--interval', '2m'], '--interval: expected one of 1s, 30s'],
  ])('refuses %j in one line', async (args, line) => {
    const { code, stderr } = await reconcile(...args);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain(line);
  });
});
