/** What a venue tells of its past over REST. */
import { join } from 'node:path';
import { AnswerJournal } from '../../../collector/history/answer-journal.ts';
import {
  downloadedFile,
  downloadHistory,
  HistoryRefused,
  type Downloaded,
} from '../../../collector/history/download-history.ts';
import { FindingsSurvey } from '../../../collector/history/findings.ts';
import { candlePages, tradePages, type HistoryPage } from '../../../collector/history/history-pages.ts';
import { importFile, surveyFile } from '../../../collector/history/import-file.ts';
import { rangeOf } from '../../../collector/history/venue-range.ts';
import { chooseInstruments } from '../../../collector/live/choose-instruments.ts';
import { fetchDirectory } from '../../../collector/live/fetch-directory.ts';
import { fetchText, type Patience } from '../../../collector/live/fetch-text.ts';
import { LiveRefused, liveVenue } from '../../../collector/live/live-venue.ts';
import { systemTime } from '../../../shared/ports/time.ts';
import { RequestBudget } from '../../../collector/live/request-budget.ts';
import { networkTransport } from '../../../collector/live/venue-transport.ts';
import { marketOfUrl } from '../../../shared/adapters/exchanges/market-of-url.ts';
import type { HistoryRange, VenueRequest } from '../../../shared/adapters/exchanges/venue.ts';
import type { Interval } from '../../../shared/domain/candles/interval.ts';
import type { Exchange } from '../../../shared/domain/market-data/exchanges.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import { EXIT_DONE, type CommandIo } from '../../command-line/command.ts';
import { startFolder } from '../../command-line/data-folders.ts';
import { bar, progressTeller } from '../../command-line/progress.ts';
import { withStores } from '../../command-line/stores.ts';

export interface VenueHistoryValues {
  readonly instrumentId: InstrumentId;
  /** null: trades. */
  readonly interval: Interval | null;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly endpoint: string | null;
  readonly dataDir: string | null;
  readonly url: string | null;
  readonly user: string;
}

const TIMEOUT_MS = 15_000;
/** A ban may last for longer; whoever comes back then goes on where this run ended. */
const PATIENCE_MS = 3_600_000;
const FEW_ATTEMPTS: Patience = { kind: 'attempts', attempts: 3 };
/** Where what was fetched lies when it goes to a server: that has no folder. */
const FOLDER_BESIDE_SERVERS = '.millrace';

type Ask = (request: VenueRequest, patience: Patience) => ReturnType<typeof fetchText>;

interface AskedVenue {
  readonly exchange: Exchange;
  readonly range: HistoryRange;
  readonly first: HistoryPage;
  readonly ask: Ask;
}

/** @throws BadInput before anything is written, where the venue cannot tell what is asked for */
export async function historyOfVenue(values: VenueHistoryValues, io: CommandIo): Promise<number> {
  const { instrumentId, interval, url, user } = values;
  const exchange = exchangeOf(instrumentId) as Exchange;
  const rest = restOf(exchange, values.endpoint);
  const venue = await askVenue(exchange, rest, values, io);
  const market = marketOfUrl(exchange, rest) ?? 'simulated';
  const dataDir = url === null ? startFolder(values.dataDir, market) : FOLDER_BESIDE_SERVERS;
  const place = url === null ? { dataDir, use: { market } as const } : { url, user };
  return withStores(place, async (stores) => {
    const name = `${encodeURIComponent(instrumentId)}-${interval ?? 'trades'}-${values.fromMs}`;
    const journal = await AnswerJournal.open(join(dataDir, 'history', `${name}.ndjson.gz`), exchange);
    try {
      const downloaded = await download(venue, journal, values, io);
      const file = downloadedFile(instrumentId, venue.first, journal, { interval, range: venue.range });
      const told = { instrumentId, interval, market, ...downloaded };
      if (downloaded.rows === 0) {
        io.print({ ...told, kind: file.kind, ...venue.range, findings: new FindingsSurvey().findings() });
      } else {
        const surveyed = await surveyFile(file, interval, io.signal);
        const tell = progressTeller(io);
        const { file: _, ...imported } = await importFile(stores, surveyed, {
          instrumentId,
          untold: interval === null ? [] : liveVenue(exchange).venue.history!.candles.untold,
          signal: io.signal,
          onProgress: (what, done, of) => tell(() => `${bar(done / of)} storing ${what}`),
        });
        io.print({ ...told, ...imported });
      }
      await journal.remove();
      return EXIT_DONE;
    } finally {
      await journal.close();
    }
  });
}

/** @throws BadInput */
async function askVenue(
  exchange: Exchange,
  rest: string,
  { instrumentId, interval, fromMs, toMs }: VenueHistoryValues,
  io: CommandIo,
): Promise<AskedVenue> {
  const { venue, live } = liveVenue(exchange);
  const { history } = venue;
  if (history === null) throw new BadInput(`${exchange} does not tell of its past, expected --file`);
  const directory = await fetchDirectory(exchange, { ws: live.endpoints.ws, rest });
  try {
    chooseInstruments(exchange, [instrumentId], directory);
  } catch (error) {
    throw error instanceof LiveRefused ? new BadInput(error.message.replace(/^live: /, '')) : error;
  }
  const budget = new RequestBudget({ ...live.limits, time: systemTime });
  const ask: Ask = async (request, patience) =>
    fetchText(request, {
      transport: networkTransport,
      budget,
      time: systemTime,
      signal: io.signal,
      timeoutMs: TIMEOUT_MS,
      patience,
      random: Math.random,
      onWait: (cause, waitMs) => tellWait(io, exchange, cause, waitMs),
    });
  const decoder = venue.decoder(directory);
  const clock = await ask(live.time(rest), FEW_ATTEMPTS);
  if (clock.kind === 'failed') throw new HistoryRefused(`${exchange}: ${clock.cause}`);
  const said = decoder
    .read({ kind: 'rest', url: live.time(rest).url, message: clock.text }, Date.now())
    .find((event) => event.kind === 'clock');
  if (said === undefined)
    throw new HistoryRefused(`${exchange}: ${rest} does not tell the time as ${exchange} does`);
  const range = rangeOf({ exchange, history, interval, fromMs, toMs, venueNowMs: said.venueTimeMs });
  if (typeof range === 'string') throw new BadInput(range);
  const asked = { history, rest, instrumentId, range };
  const first = interval === null ? tradePages({ ...asked, decoder }) : candlePages({ ...asked, interval });
  return { exchange, range, first, ask };
}

async function download(
  { exchange, range, first, ask }: AskedVenue,
  journal: AnswerJournal,
  { instrumentId, interval }: VenueHistoryValues,
  io: CommandIo,
): Promise<Downloaded> {
  if (journal.pages > 0) io.tell(`an interrupted run has left ${journal.pages} pages: going on behind them`);
  const tell = progressTeller(io);
  const what = `${interval ?? 'trades'} of ${instrumentId}`;
  const { fromMs, toMs } = range;
  try {
    return await downloadHistory(first, journal, {
      ask: async (request) =>
        ask(request, { kind: 'until', elapsedMs: systemTime.elapsedMs() + PATIENCE_MS }),
      time: systemTime,
      random: Math.random,
      signal: io.signal,
      onPage: (pages, reachedMs) =>
        tell(
          () =>
            `${bar((reachedMs - fromMs) / (toMs - fromMs))} ${what}, ${pages} pages, up to ${new Date(reachedMs).toISOString()}`,
        ),
      onWait: (cause, waitMs) => tellWait(io, exchange, cause, waitMs),
    });
  } catch (error) {
    if (io.signal.aborted || error instanceof HistoryRefused)
      io.tell(
        `nothing was stored; ${journal.pages} pages are kept, and the same command goes on behind them`,
      );
    throw error instanceof HistoryRefused ? new HistoryRefused(`${exchange}: ${error.message}`) : error;
  }
}

function tellWait(io: CommandIo, exchange: string, cause: string, waitMs: number): void {
  io.tell(`${exchange} is asked again in ${Math.ceil(waitMs / 1000)} s: ${cause}`);
}

/** A stand-in for the venue is named by the same variable from which `start --live` takes it. */
function restOf(exchange: Exchange, endpoint: string | null): string {
  const given = endpoint ?? process.env[`MILLRACE_${exchange.toUpperCase()}_REST`];
  return given === undefined ? liveVenue(exchange).live.endpoints.rest : given.replace(/\/+$/, '');
}
