/** Small made-up captures of kinds that users of such systems have reported. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import { openStorage } from '../../embedded/storage.ts';
import type { Totals } from '../../embedded/totals.ts';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CandleView } from '../../shared/contracts/events.ts';
import { candleViewOf } from '../../shared/contracts/lane-candles.ts';
import { formatDecimal } from '../../shared/domain/decimal.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const pathOf = (name: string): string => `${dataFolder}cases/${name}.ndjson.gz`;

const folder = temporaryFolder();
let folders = 0;

interface Platform {
  readonly totals: Totals;
  /** As the folder has them. */
  readonly minutes: readonly CandleView[];
}

/** Captures, one start after the other, through the platform. */
async function replayed(...names: readonly string[]): Promise<Platform> {
  const dataDir = join(folder, String(++folders));
  let totals: Totals | null = null;
  for (const name of names) {
    const args = ['start', '--replay', pathOf(name), '--speed', 'max', '--once', '--data-dir', dataDir];
    const { code, stdout, stderr } = await runMillrace(args);
    if (code !== 0) throw new Error(stderr);
    totals = JSON.parse(stdout) as Totals;
  }
  const storage = await openStorage(dataDir, { mustExist: true });
  try {
    const stored = await storage.candles.between('binance:BTC-USDT', '1m', 0, 4e12, 1000);
    return { totals: totals!, minutes: stored.map(candleViewOf) };
  } finally {
    await storage.close();
  }
}

async function printed(name: string): Promise<CandleView[]> {
  const { stdout } = await runMillrace(['candles', '--capture', pathOf(name), '--interval', '1m']);
  return JSON.parse(stdout) as CandleView[];
}

const pricesOf = ({ open, high, low, close, volume }: CandleView) =>
  [open, high, low, close, volume].map(Number);

describeConformance('what has an id at or below the newest, or came before the first', () => {
  it('is there when a tape begins out of its order', async () => {
    const { totals, minutes } = await replayed('04-starts-out-of-order');
    expect(totals).toMatchObject({ trades: 6, quarantined: 0, dropped: { known: 0 } });
    const candles = await printed('04-starts-out-of-order');
    expect(pricesOf(candles[0]!)).toEqual([60000, 60004, 60000, 60004, 5]);
    expect(candles[0]).toMatchObject({ tradeCount: 5, complete: true });
    expect(minutes).toEqual(candles.filter(({ closed }) => closed));
  }, 60_000);

  it('goes on where trade ids begin anew, which is flagged', async () => {
    const { totals, minutes } = await replayed('05-trade-ids-restart');
    expect(totals).toMatchObject({ trades: 21, quarantined: 0, dropped: { known: 0 } });
    const candles = await printed('05-trade-ids-restart');
    expect(candles.map(pricesOf)).toEqual([
      [60000, 60000, 60000, 60000, 6],
      [60000, 60000, 50000, 50000, 6],
      [50000, 50000, 50000, 50000, 6],
      [50000, 50000, 50000, 50000, 3],
    ]);
    expect(candles.map(({ complete, flags }) => [complete, flags])).toEqual([
      [true, undefined],
      [false, ['reset']],
      [true, undefined],
      [false, undefined],
    ]);
    expect(minutes).toEqual(candles.filter(({ closed }) => closed));
  }, 60_000);

  it('is there whichever of two days is replayed first, and comes to the same', async () => {
    const inOrder = await replayed('14-day1', '14-day2');
    const turned = await replayed('14-day2', '14-day1');
    for (const { totals } of [inOrder, turned])
      expect(totals).toMatchObject({ trades: 400, quarantined: 0, dropped: { known: 0 } });
    expect(turned.totals.stateHash).toBe(inOrder.totals.stateHash);
    expect(turned.minutes).toEqual(inOrder.minutes);
    expect([inOrder.totals.historyCandles, turned.totals.historyCandles > 200]).toEqual([0, true]);
  }, 120_000);
});

describeConformance('a trade that is stamped in seconds', () => {
  it('is set aside, makes no candle of 1970, and its neighbours do not claim to be complete', async () => {
    const { totals, minutes } = await replayed('03-first-trade-in-seconds');
    expect(totals).toMatchObject({ trades: 7, quarantined: 1 });
    const candles = await printed('03-first-trade-in-seconds');
    expect(candles.map(({ openTimeMs, tradeCount, complete }) => [openTimeMs, tradeCount, complete])).toEqual(
      [
        [1_772_323_200_000, 2, false],
        [1_772_323_260_000, 3, true],
        [1_772_323_320_000, 2, false],
      ],
    );
    expect(minutes).toEqual(candles.filter(({ closed }) => closed));
  }, 60_000);
});

describeConformance('cases that were reported', () => {
  it('symbols without a catalogue part where both codes are known', async () => {
    const { instruments, tally } = await verifyCapture(pathOf('02-quote-assets'));
    expect(instruments).toEqual(
      expect.arrayContaining([
        'binance:BTC-AEUR',
        'binance:EUR-AEUR',
        'binance:T-USDT',
        'binance:1000SHIB-USDT',
        'binance:TUSD-TRY',
        'binance:BTC-U',
      ]),
    );
    expect(instruments).not.toContain('binance:BTCA-EUR');
    const setAside = tally.setAside.reduce((sum, { count }) => sum + count, 0);
    expect([tally.messages, tally.trades + setAside]).toEqual([22, 22]);
  });

  it('numbers that were written anew are read from their digits, and the rest is set aside with its cause', async () => {
    const read: string[] = [];
    for await (const steps of tapeOfCapture(pathOf('08-numbers-reencoded')))
      for (const step of steps)
        if (step.kind === 'trade')
          read.push(
            `${step.trade.instrumentId} ${formatDecimal(step.trade.price)} ${formatDecimal(step.trade.quantity)}`,
          );
    expect(read).toEqual([
      'binance:BTC-USDT 60000.1 0.01',
      'binance:PEPE-USDT 0.0000001 3000000',
      'binance:PEPE-USDT 0.0000001 3000000',
      'binance:BTC-USDT 60000.2 0.01',
    ]);
    const { tally } = await verifyCapture(pathOf('08-numbers-reencoded'));
    expect(tally.setAside).toEqual([
      {
        what: 'trade with an unusable aggressor',
        count: 1,
        cause: 'aggressor: expected B or S, got "false"',
        firstAt: 5,
      },
    ]);
  });
});
