import {
  importFile,
  surveyFile,
  type ImportedFile,
  type SurveyedFile,
} from '../../collector/history/import-file.ts';
import { venueOf } from '../../shared/adapters/exchanges/venues.ts';
import { BadPublishedFile } from '../../shared/adapters/files/published/bad-published-file.ts';
import { openPublished, type PublishedFile } from '../../shared/adapters/files/published/published-file.ts';
import { INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { DEFAULT_EXCHANGE, isExchange, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf, isInstrumentId, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { startFolder } from '../command-line/data-folders.ts';
import { choice, folder, rereadableFile, text } from '../command-line/option-values.ts';
import { optional, repeated } from '../command-line/options.ts';
import { bar, progressTeller } from '../command-line/progress.ts';
import { SERVER_OPTIONS, withStores } from '../command-line/stores.ts';

export const command = defineCommand({
  description:
    'Files as venues publish them in bulk (https://data.binance.vision): klines, trades or aggTrades, as CSV with or\n' +
    'without a head, .gz, .zip or .parquet, with stamps in ms or µs. Each is read whole and checked before anything is\n' +
    'written, and what was found is printed. Trades are stored once each, and candles of every interval are made of\n' +
    'them; klines and aggTrades make candles alone. Brought again, nothing changes. No strategy sees history.',
  options: {
    file: repeated(rereadableFile, 'what was published; several may be given'),
    instrument: optional(
      text('ID'),
      'such as binance:BTC-USDT',
      'by the file’s name: BTCUSDT-1m-2024-08-09.zip',
    ),
    interval: optional(choice(INTERVALS), 'of klines', 'by the file’s name'),
    dataDir: optional(folder, 'where it goes; nothing may be running on it', './.millrace/real'),
    ...SERVER_OPTIONS,
  },
  examples: [
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
    if (values.file.length === 0)
      throw new BadInput('--file is missing: expected what a venue has published');
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

type Surveyed = SurveyedFile & { readonly instrumentId: InstrumentId };

/** All of them before the first is written. */
async function surveyAll(
  paths: readonly string[],
  asked: InstrumentId | null,
  interval: Interval | null,
  io: CommandIo,
): Promise<readonly Surveyed[]> {
  const surveyed: Surveyed[] = [];
  for (const path of new Set(paths)) {
    const file = await openPublished(path);
    const instrumentId = instrumentOf(file, asked);
    io.tell(`reading ${path}: ${file.kind} of ${instrumentId}`);
    surveyed.push({ instrumentId, ...(await surveyFile(file, intervalOf(file, interval), io.signal)) });
  }
  return surveyed.sort((a, b) => a.range!.fromMs - b.range!.fromMs);
}

function readInstrument(id: string): InstrumentId {
  if (isInstrumentId(id) && isExchange(exchangeOf(id))) return id;
  throw new BadInput(`--instrument: expected an id such as binance:BTC-USDT, got ${JSON.stringify(id)}`);
}

/** The name of a file tells of what it is; where somebody says otherwise, one of the two is wrong. */
function instrumentOf({ path, name }: PublishedFile, asked: InstrumentId | null): InstrumentId {
  const exchange = asked === null ? DEFAULT_EXCHANGE : (exchangeOf(asked) as Exchange);
  const named = name.symbol === null ? null : venueOf(exchange).readInstrument(name.symbol);
  if (asked !== null && named !== null && named !== asked)
    throw new BadInput(`--instrument: ${path} is of ${named} by its name, not of ${asked}`);
  const instrumentId = asked ?? named;
  if (instrumentId === null)
    throw new BadInput(`--instrument is missing: the name of ${path} does not say of what it is`);
  return instrumentId;
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

async function badFiles<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof BadPublishedFile ? new BadInput(error.message, { cause: error }) : error;
  }
}
