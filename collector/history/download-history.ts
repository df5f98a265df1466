/** Fetches what a venue has of a range, page by page and within its limits, and reads it again from where it was kept. */
import type { PublishedFile, ReadRow } from '../../shared/adapters/files/published/published-file.ts';
import type { HistoryRange, VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import type { Interval } from '../../shared/domain/candles/interval.ts';
import { Backoff } from '../live/backoff.ts';
import type { FetchedText } from '../live/fetch-text.ts';
import type { Time } from '../../shared/ports/time.ts';
import type { AnswerJournal } from './answer-journal.ts';
import type { HistoryPage, ReadPage } from './history-pages.ts';

/** The venue does not tell what was asked for. The message is one line. */
export class HistoryRefused extends Error {
  override readonly name = 'HistoryRefused';
}

export interface DownloadOptions {
  readonly ask: (request: VenueRequest) => Promise<FetchedText>;
  readonly time: Time;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** @param reachedMs how far all is told. */
  readonly onPage: (pages: number, reachedMs: number) => void;
  /** The venue is busy, and is asked again. */
  readonly onWait: (cause: string, waitMs: number) => void;
}

export interface Downloaded {
  readonly rows: number;
  readonly pages: number;
  /** Of them, those that an earlier run had fetched. */
  readonly pagesKept: number;
}

type ToldPage = Extract<ReadPage, { kind: 'page' }>;

/** Who asks for more than this is better off with what the venue publishes in bulk. */
const MAX_PAGES = 200_000;
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Goes on where an earlier run was interrupted: its answers lead to the same questions. The last page of all is asked for
 * again, since the venue may know more by now.
 * @throws HistoryRefused; what was fetched before stays.
 */
export async function downloadHistory(
  first: HistoryPage,
  journal: AnswerJournal,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { signal, onPage } = options;
  const kept = await followKept(first, journal);
  await journal.keep(kept.pages);
  let { pages, rows } = kept;
  let page: HistoryPage | null = kept.next;
  while (page !== null) {
    signal.throwIfAborted();
    if (pages >= MAX_PAGES)
      throw new HistoryRefused(`more than ${MAX_PAGES} pages: expected a shorter range, or published files`);
    const read = await askPage(page, journal, options);
    pages++;
    rows += read.rows.length;
    if (read.reachedMs !== null) onPage(pages, read.reachedMs);
    page = read.next;
  }
  return { rows, pages, pagesKept: kept.pages };
}

async function followKept(
  first: HistoryPage,
  journal: AnswerJournal,
): Promise<{ readonly pages: number; readonly rows: number; readonly next: HistoryPage }> {
  let next = first;
  let [pages, rows] = [0, 0];
  for await (const read of keptPages(first, journal)) {
    if (read.next === null) break;
    pages++;
    rows += read.rows.length;
    next = read.next;
  }
  return { pages, rows, next };
}

/** The pages that are kept, as far as each answers the question that follows from the one before. */
async function* keptPages(first: HistoryPage, journal: AnswerJournal): AsyncGenerator<ToldPage> {
  let page: HistoryPage | null = first;
  for await (const { url, message, receivedAtMs } of journal.answers()) {
    const read: ReadPage | null = page?.request.url === url ? page.read(message, receivedAtMs) : null;
    if (read?.kind !== 'page') return;
    yield read;
    page = read.next;
  }
}

async function askPage(
  page: HistoryPage,
  journal: AnswerJournal,
  { ask, time, random, signal, onWait }: DownloadOptions,
) {
  const backoff = new Backoff({ firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS, random });
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(page.request);
    signal.throwIfAborted();
    if (answer.kind === 'failed') throw new HistoryRefused(answer.cause);
    const receivedAtMs = time.nowMs();
    const read = page.read(answer.text, receivedAtMs);
    if (read.kind === 'page') {
      await journal.append({ url: page.request.url, message: answer.text, receivedAtMs });
      return read;
    }
    if (!read.isForNow || attempt === ATTEMPTS) throw new HistoryRefused(read.cause);
    const waitMs = backoff.nextMs();
    onWait(read.cause, waitMs);
    await time.sleep(waitMs, signal);
  }
}

/** What was downloaded, as if it had been published as one file. */
export function downloadedFile(
  name: string,
  first: HistoryPage,
  journal: AnswerJournal,
  { interval, range }: { readonly interval: Interval | null; readonly range: HistoryRange },
): PublishedFile {
  const kind = interval === null ? 'trades' : 'klines';
  return {
    path: name,
    kind,
    name: { symbol: null, kind, interval, period: range },
    instrumentId: null,
    async *read() {
      let isWhole = false;
      let line = 1;
      for await (const { rows, next } of keptPages(first, journal)) {
        yield rows.map((row, n): ReadRow => {
          return typeof row === 'string' ? { line: line + n, cause: row } : { line: line + n, row };
        });
        line += rows.length;
        isWhole = next === null;
      }
      if (!isWhole) throw new Error(`${journal.path}: ends before the range does`);
    },
  };
}
