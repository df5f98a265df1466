import { archiveDay } from '../../shared/adapters/files/trade-archive/archive-day.ts';
import { NoSuchPart } from '../../shared/adapters/files/trade-archive/trade-part.ts';
import { FileObjectStore } from '../../shared/adapters/embedded/file-object-store.ts';
import { fileErrorReason } from '../../shared/adapters/files/file-error.ts';
import { intervalMs, openTimeOf } from '../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { folderToRead } from '../command-line/data-folders.ts';
import { folder, instant } from '../command-line/option-values.ts';
import { optional, required } from '../command-line/options.ts';
import { progressTeller } from '../command-line/progress.ts';
import { INSTRUMENT_OPTION, readStoredSeries } from '../command-line/stored-series.ts';
import { SERVER_OPTIONS, withStores, type OpenStores } from '../command-line/stores.ts';

const DAY_MS = intervalMs('1d');

export const command = defineCommand({
  description:
    'Writes the stored trades to Parquet files, as the platform does by itself with days that are over:\n' +
    '<DIR>/trades/exchange=binance/instrument=BTC-USDT/day=2024-08-09/part-00000.parquet, each trade in one of the parts of its\n' +
    'day, prices and quantities exact as DECIMAL(38, 12). pandas, DuckDB and Polars read the folder, and so does\n' +
    '`millrace history --file`. What is there is never written again: called once more, it adds what was stored since.',
  options: {
    dataDir: folderToRead('the data folder whose trades they are; nothing may be running on it'),
    ...SERVER_OPTIONS,
    instrument: INSTRUMENT_OPTION,
    from: optional(instant, 'the first trade was made then or later'),
    to: optional(instant, 'the last trade was made before'),
    out: required(folder, 'where the files go; it is made where there is none'),
  },
  examples: [
    { line: 'npx millrace export --out archive', what: 'every trade of the data folder that was used last' },
    {
      line: 'npx millrace export --instrument binance:BTC-USDT --from 2024-08-09 --to 2024-08-10 --out archive',
      what: 'a day of one instrument',
    },
  ],
  run: async (values, io) => {
    const { place, range, instruments } = readStoredSeries(values, io);
    return foreignParts(values.out, async () =>
      withStores(place, async (stores) => {
        const stored = { trades: stores.trades, objects: openFolder(values.out) };
        const exported: Exported[] = [];
        for (const instrumentId of await instruments(stores))
          exported.push(await exportInstrument(stored, instrumentId, range, io));
        io.print({ folder: values.out, instruments: exported });
        return EXIT_DONE;
      }),
    );
  },
});

/** @throws BadInput */
function openFolder(path: string): FileObjectStore {
  try {
    return new FileObjectStore(path);
  } catch (error) {
    const reason = fileErrorReason(error);
    if (reason === null) throw error;
    throw new BadInput(`--out: ${path} cannot be written to (${reason})`, { cause: error });
  }
}

async function foreignParts<T>(out: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof NoSuchPart
      ? new BadInput(`--out ${out}: ${error.message}`, { cause: error })
      : error;
  }
}

interface Exported {
  readonly instrumentId: InstrumentId;
  /** Days that have trades in the range. */
  readonly days: number;
  /** That their folders have by now. */
  readonly trades: number;
  /** Of those, what was not there yet, and in how many files it went. */
  readonly tradesAdded: number;
  readonly filesAdded: number;
}

async function exportInstrument(
  stores: Pick<OpenStores, 'trades'> & { readonly objects: FileObjectStore },
  instrumentId: InstrumentId,
  range: { readonly fromMs: number; readonly toMs: number },
  io: CommandIo,
): Promise<Exported> {
  const tell = progressTeller(io);
  let [days, trades, tradesAdded, filesAdded] = [0, 0, 0, 0];
  for (let fromMs = range.fromMs; ;) {
    const [first] =
      fromMs < range.toMs ? await stores.trades.between(instrumentId, fromMs, range.toMs, 1) : [];
    if (first === undefined) return { instrumentId, days, trades, tradesAdded, filesAdded };
    const dayMs = openTimeOf(first.timeMs, '1d');
    const ofDay = {
      fromMs: Math.max(range.fromMs, dayMs),
      toMs: Math.min(range.toMs, dayMs + DAY_MS),
    };
    for (let isDone = false; !isDone;) {
      const archived = await archiveDay(stores, {
        instrumentId,
        dayMs,
        range: ofDay,
        // Each page is a place to stop at: what was read until then is written.
        isShortOfTime: () => io.signal.aborted,
      });
      tradesAdded += archived.tradesAdded;
      filesAdded += archived.partsAdded;
      io.signal.throwIfAborted();
      ({ isDone } = archived);
      if (isDone) trades += archived.trades;
    }
    days++;
    tell(() => `${instrumentId}: ${trades} trades, ${new Date(dayMs).toISOString().slice(0, 10)}`);
    fromMs = dayMs + DAY_MS;
  }
}
