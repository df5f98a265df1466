import { reconcile, type Difference, type Reconciliation } from '../../collector/history/reconcile.ts';
import type { TimeRange } from '../../collector/history/stored-series.ts';
import { storedInstruments } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { isInstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../../shared/domain/market-data/time-bound.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_FAILED, type CommandIo } from '../command-line/command.ts';
import { folderToRead, folderUsedLast } from '../command-line/data-folders.ts';
import { choice, instant, text } from '../command-line/option-values.ts';
import { optional, repeated } from '../command-line/options.ts';
import { progressTeller } from '../command-line/progress.ts';
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
    instrument: repeated(text('ID'), 'such as binance:BTC-USDT; all that are stored without it'),
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
    const wrong = values.instrument.find((id) => !isInstrumentId(id));
    if (wrong !== undefined)
      throw new BadInput(
        `--instrument: expected an id such as binance:BTC-USDT, got ${JSON.stringify(wrong)}`,
      );
    const range = { fromMs: values.from ?? 0, toMs: values.to ?? MAX_TIME_MS };
    if (range.fromMs >= range.toMs) throw new BadInput('--to: expected a time after --from');
    const intervals = values.interval.length === 0 ? INTERVALS : [...new Set(values.interval)];
    const place =
      values.url === null
        ? { dataDir: folderUsedLast(values.dataDir, io), use: { mustExist: true } as const }
        : { url: values.url, user: values.user };
    return withStores(place, async (stores) => {
      const instruments =
        values.instrument.length === 0 ? await storedInstruments(stores.clickHouse) : values.instrument;
      const shown = await reconcileAll(stores, instruments, intervals, range, io);
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
  for (const instrumentId of new Set(instruments)) {
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
