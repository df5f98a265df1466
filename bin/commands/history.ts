import {
  importFile,
  surveyFile,
  type ImportedFile,
  type SurveyedFile,
} from '../../collector/history/import-file.ts';
import { notAhead } from '../../shared/adapters/files/published/not-ahead.ts';
import { openPublished, type PublishedFile } from '../../shared/adapters/files/published/published-file.ts';
import { INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { startFolder } from '../command-line/data-folders.ts';
import { choice, folder, httpUrl, instant, rereadableFile, text } from '../command-line/option-values.ts';
import { flag, optional, repeated } from '../command-line/options.ts';
import { bar, progressTeller } from '../command-line/progress.ts';
import { badFiles, instrumentOf, readInstrument } from '../command-line/published-files.ts';
import { SERVER_OPTIONS, withStores } from '../command-line/stores.ts';
import { historyOfVenue, type VenueHistoryValues } from './history/from-venue.ts';

export const command = defineCommand({
  description:
    'From a venue: the candles or the trades of a time, page by page and within its limits. What was fetched is kept until\n' +
    'all of it is there: after Ctrl-C, or a ban, the same command goes on where it stopped.\n' +
    'Or from files as venues publish them in bulk (https://data.binance.vision): klines, trades or aggTrades, as CSV with or\n' +
    'without a head, .gz, .zip or .parquet, with stamps in ms or µs.\n' +
    'All of it is read and checked before anything is written, and what was found is printed. Trades are stored once each,\n' +
    'and candles of every interval are made of them; klines and aggTrades make candles alone, and the longer ones of them.\n' +
    'Brought again, nothing changes. No strategy sees history.',
  positionals: {
    id: optional(text('ID'), 'an instrument of a venue, such as binance:BTC-USDT'),
  },
  options: {
    from: optional(instant, 'of a venue: the first trade, or the open of the first candle'),
    to: optional(instant, 'before it the last trade was made, or the last candle was over', 'now'),
    trades: flag('of a venue: every trade, and the candles of every interval of them'),
    endpoint: optional(httpUrl, 'the REST address of a stand-in for the venue'),
    file: repeated(rereadableFile, 'what was published; several may be given'),
    instrument: optional(
      text('ID'),
      'such as binance:BTC-USDT',
      'by the file’s name: BTCUSDT-1m-2024-08-09.zip',
    ),
    interval: optional(choice(INTERVALS), 'of candles', '1m of a venue, or by the file’s name'),
    dataDir: optional(folder, 'where it goes; nothing may be running on it', './.millrace/<market>'),
    ...SERVER_OPTIONS,
  },
  examples: [
    {
      line: 'npx millrace history binance:BTC-USDT --from 2024-08-01 --to 2024-09-01',
      what: 'a month of minutes, and the longer candles of them',
    },
    {
      line: 'npx millrace history coinbase:BTC-USD --trades --from 2024-08-09T12:00:00Z --to 2024-08-09T18:00:00Z',
      what: 'six hours of trades, and the candles of them',
    },
    {
      line: 'npx millrace history --file BTCUSDT-trades-2024-08-09.zip BTCUSDT-trades-2024-08-10.zip',
      what: 'two days of trades, and the candles of them',
    },
    {
      line: 'npx millrace history --file minutes.csv --instrument binance:ETH-BTC --interval 1m',
      what: 'minutes, and the longer candles of them',
    },
  ],
  run: async (values, io) => {
    if (values.id !== null) return historyOfVenue(readVenueValues(values.id, values), io);
    for (const name of ['from', 'to', 'endpoint'] as const)
      if (values[name] !== null) throw new BadInput(`--${name}: expected an instrument of a venue with it`);
    if (values.trades) throw new BadInput('--trades: expected an instrument of a venue with it');
    if (values.file.length === 0)
      throw new BadInput(
        'expected an instrument such as binance:BTC-USDT, or --file with what a venue has published',
      );
    const asked = values.instrument === null ? null : readInstrument(values.instrument);
    const surveyed = await badFiles(async () => surveyAll(values.file, asked, values.interval, io));
    const place =
      values.url === null
        ? { dataDir: startFolder(values.dataDir, 'real'), use: { market: 'real' } as const }
        : { url: values.url, user: values.user };
    return withStores(place, async (stores) => {
      const tell = progressTeller(io);
      const files: (ImportedFile & { readonly instrumentId: InstrumentId })[] = [];
      for (const { instrumentId, ...one } of surveyed) {
        const imported = await importFile(stores, one, {
          instrumentId,
          signal: io.signal,
          onProgress: (what, done, of) => tell(() => `${bar(done / of)} ${what}`),
        });
        files.push({ instrumentId, ...imported });
      }
      io.print({ files });
      return EXIT_DONE;
    });
  },
});

interface VenueOptions {
  readonly file: readonly string[];
  readonly instrument: string | null;
  readonly interval: Interval | null;
  readonly trades: boolean;
  readonly from: number | null;
  readonly to: number | null;
  readonly endpoint: string | null;
  readonly dataDir: string | null;
  readonly url: string | null;
  readonly user: string;
}

/** @throws BadInput */
function readVenueValues(id: string, values: VenueOptions): VenueHistoryValues {
  const { from, to, trades, interval, endpoint, dataDir, url, user } = values;
  if (values.file.length > 0) throw new BadInput(`--file: expected a file or ${id}, not both`);
  if (values.instrument !== null) throw new BadInput(`--instrument: expected with --file, ${id} is one`);
  if (trades && interval !== null)
    throw new BadInput('--interval: expected without --trades, of which candles of every interval are made');
  if (from === null) throw new BadInput('--from is missing: expected a time such as 2024-08-09');
  if (to !== null && to <= from) throw new BadInput('--to: expected a time after --from');
  const instrumentId = readInstrument(id, 'ID');
  return {
    ...{ instrumentId, fromMs: from, toMs: to, endpoint, dataDir, url, user },
    interval: trades ? null : (interval ?? DEFAULT_INTERVAL),
  };
}

const DEFAULT_INTERVAL: Interval = '1m';

type Surveyed = SurveyedFile & { readonly instrumentId: InstrumentId };

/** All of them before the first is written. */
async function surveyAll(
  paths: readonly string[],
  asked: InstrumentId | null,
  interval: Interval | null,
  io: CommandIo,
): Promise<readonly Surveyed[]> {
  const surveyed: Surveyed[] = [];
  const nowMs = Date.now();
  for (const path of new Set(paths)) {
    const file = notAhead(await openPublished(path), nowMs);
    const instrumentId = instrumentOf(file, asked);
    io.tell(`reading ${path}: ${file.kind} of ${instrumentId}`);
    surveyed.push({ instrumentId, ...(await surveyFile(file, intervalOf(file, interval), io.signal)) });
  }
  return surveyed.sort((a, b) => a.range!.fromMs - b.range!.fromMs);
}

function intervalOf({ path, kind, name }: PublishedFile, asked: Interval | null): Interval | null {
  if (kind !== 'klines') return null;
  if (asked !== null && name.interval !== null && asked !== name.interval)
    throw new BadInput(`--interval: ${path} is of ${name.interval} by its name, not of ${asked}`);
  const interval = asked ?? name.interval;
  if (interval === null)
    throw new BadInput(`--interval is missing: the name of ${path} does not say of how long its candles are`);
  return interval;
}
