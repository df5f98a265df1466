import { reconcile, type Difference, type Reconciliation } from '../../collector/history/reconcile.ts';
import type { TimeRange } from '../../collector/history/stored-series.ts';
import { INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { defineCommand, EXIT_DONE, EXIT_FAILED, type CommandIo } from '../command-line/command.ts';
import { folderToRead } from '../command-line/data-folders.ts';
import { choice, instant } from '../command-line/option-values.ts';
import { optional, repeated } from '../command-line/options.ts';
import { progressTeller } from '../command-line/progress.ts';
import { INSTRUMENT_OPTION, readStoredSeries } from '../command-line/stored-series.ts';
import { SERVER_OPTIONS, withStores, type OpenStores } from '../command-line/stores.ts';

/** Of more, the first are shown, and all are counted. */
const MAX_SHOWN = 10_000;

export const command = defineCommand({
  description:
    'Makes every candle of a range again of the trades that are stored, and tells of each that is stored otherwise: a\n' +
    'field that differs, one that is missing, one without trades. Exit code 1 if there is any. A candle that is not\n' +
    'over, and one that lies in the range in part, are left alone; candles out of published files, of which nobody has\n' +
    'the trades, are counted.',
  options: {
    dataDir: folderToRead('the data folder to look at; nothing may be running on it'),
    ...SERVER_OPTIONS,
    instrument: INSTRUMENT_OPTION,
    interval: repeated(choice(INTERVALS), 'which candles; all without it'),
    from: optional(instant, 'the first candle opens then or later'),
    to: optional(instant, 'the last candle is over by then'),
  },
  examples: [
    { line: 'npx millrace reconcile', what: 'everything in the data folder that was used last' },
    {
      line: 'npx millrace reconcile --instrument binance:BTC-USDT --interval 1m --from 2024-08-09 --to 2024-08-10',
      what: 'the minutes of a day',
    },
  ],
  run: async (values, io) => {
    const { place, range, instruments } = readStoredSeries(values, io);
    const intervals = values.interval.length === 0 ? INTERVALS : [...new Set(values.interval)];
    return withStores(place, async (stores) => {
      const shown = await reconcileAll(stores, await instruments(stores), intervals, range, io);
      io.print(shown);
      return shown.differenceCount === 0 ? EXIT_DONE : EXIT_FAILED;
    });
  },
});

interface Shown {
  readonly instruments: readonly Reconciliation[];
  readonly differenceCount: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

async function reconcileAll(
  stores: OpenStores,
  instruments: readonly string[],
  intervals: readonly Interval[],
  range: TimeRange,
  io: CommandIo,
): Promise<Shown> {
  const tell = progressTeller(io);
  const differences: Difference[] = [];
  const done: Reconciliation[] = [];
  for (const instrumentId of instruments) {
    const reconciled = await reconcile(stores, {
      instrumentId,
      intervals,
      range,
      signal: io.signal,
      onDifference: (difference) => {
        if (differences.length < MAX_SHOWN) differences.push(difference);
      },
      onProgress: (trades, timeMs) =>
        tell(() => `${instrumentId}: ${trades} trades, ${new Date(timeMs).toISOString()}`),
    });
    done.push(reconciled);
  }
  const differenceCount = done.reduce((sum, { differences: count }) => sum + count, 0);
  return { instruments: done, differenceCount, differences };
}
