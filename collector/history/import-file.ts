/** Brings a published file into the store: read whole and checked first, then written. */
import type { PublishedFile, ReadRow } from '../../shared/adapters/files/published/published-file.ts';
import { BadPublishedFile } from '../../shared/adapters/files/published/bad-published-file.ts';
import type { PublishedKind } from '../../shared/adapters/files/published/published-layout.ts';
import { intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import type { CandleField } from '../../shared/domain/candles/plain-fold.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { FindingsSurvey, type Findings } from './findings.ts';
import { CandleImport, type CandlesWritten } from './import-candles.ts';
import { TradeImport, writeCandlesOfTrades, type HistoryStores } from './import-trades.ts';
import type { TimeRange } from './stored-series.ts';

export interface SurveyedFile {
  readonly file: PublishedFile;
  /** Of its candles. */
  readonly interval: Interval | null;
  /** null: nothing in it could be read. */
  readonly range: TimeRange | null;
  /** Up to here, at least, it has all that there is. */
  readonly covered: TimeRange | null;
  readonly findings: Findings;
}

export interface ImportedFile extends Partial<CandlesWritten> {
  readonly file: string;
  readonly kind: PublishedKind;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly findings: Findings;
  /** Trades that were not there yet. Left out where what was published has none. */
  readonly tradesStored?: number;
  /** Candles that were written, by interval. */
  readonly written: Partial<Record<Interval, number>>;
}

export interface FileImport {
  readonly instrumentId: InstrumentId;
  /** What is not said of candles. */
  readonly untold?: readonly CandleField[];
  readonly signal: AbortSignal;
  /** @param rows so far, of how many. */
  readonly onProgress: (what: string, done: number, of: number) => void;
}

/**
 * Looks at every row. Nothing is written.
 * @throws BadPublishedFile for a file that is damaged, or of which not one row can be read
 */
export async function surveyFile(
  file: PublishedFile,
  interval: Interval | null,
  signal: AbortSignal,
): Promise<SurveyedFile> {
  const gridMs = interval === null ? 1 : intervalMs(interval);
  const survey = new FindingsSurvey(gridMs);
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for await (const rows of file.read()) {
    signal.throwIfAborted();
    for (const read of rows) {
      const timeMs = surveyRow(survey, read, interval, file.path);
      if (timeMs === null) continue;
      firstMs = Math.min(firstMs, timeMs);
      lastMs = Math.max(lastMs, timeMs + (interval === null ? 0 : gridMs));
    }
  }
  const findings = survey.findings();
  if (lastMs < 0) {
    const [first] = findings.setAside;
    throw new BadPublishedFile(first?.first ?? `${file.path}: has no rows`);
  }
  if (findings.outOfOrder > 0 && file.kind !== 'trades')
    throw new BadPublishedFile(
      `${file.path}: expected rows in order of their times, ${findings.outOfOrder} are not`,
    );
  const { period } = file.name;
  const cut = period === null ? [] : survey.cutAgainst(period);
  const range = { fromMs: firstMs, toMs: lastMs };
  return {
    file,
    interval,
    range,
    // A file that has its whole period says that nothing more was traded in it.
    covered: period !== null && cut.length === 0 && period.toMs <= Date.now() ? period : range,
    findings: { ...findings, truncatedDays: [...findings.truncatedDays, ...cut] },
  };
}

/** @returns its time; null: it was set aside. */
function surveyRow(
  survey: FindingsSurvey,
  read: ReadRow,
  interval: Interval | null,
  path: string,
): number | null {
  const where = `${path}: line ${read.line}`;
  if ('cause' in read) {
    survey.setAside(read.cause, where);
    return null;
  }
  const { row } = read;
  if (row.kind === 'trade') survey.take(row.tradeId, row.timeMs, row.unit);
  else if (row.kind === 'aggregate') survey.take(row.aggregateId, row.timeMs, row.unit);
  else {
    const offGrid = wrongGrid(row, interval!);
    if (offGrid !== null) {
      survey.setAside(offGrid, where, true);
      return null;
    }
    survey.take(row.openTimeMs, row.openTimeMs, row.unit, intervalMs(interval!));
    if (row.volume === 0n) survey.quiet();
    return row.openTimeMs;
  }
  return row.timeMs;
}

/** @returns what is wrong; null: it opens and closes where candles of its interval do. */
function wrongGrid(
  { openTimeMs, closeTimeMs }: { readonly openTimeMs: number; readonly closeTimeMs: number | null },
  interval: Interval,
): string | null {
  if (openTimeMs % intervalMs(interval) !== 0)
    return `open_time: expected a multiple of ${interval}, got ${openTimeMs}`;
  return closeTimeMs === null || closeTimeMs === openTimeMs + intervalMs(interval) - 1
    ? null
    : `close_time: expected the last millisecond of ${interval}, got ${closeTimeMs}`;
}

/** Exactly once, however often and however far it came before. */
export async function importFile(
  stores: HistoryStores,
  surveyed: SurveyedFile,
  { instrumentId, untold = [], signal, onProgress }: FileImport,
): Promise<ImportedFile> {
  const { file, interval, findings } = surveyed;
  const range = surveyed.range!;
  const told = { file: file.path, kind: file.kind, ...range, findings };
  if (file.kind !== 'trades') {
    const covered = surveyed.covered!;
    const candles = new CandleImport(stores.candles, {
      instrumentId,
      interval,
      range: wider(range, covered),
      covered,
      untold,
    });
    const fresh = onceEach(interval);
    await eachBatch(surveyed, signal, onProgress, async (rows) => candles.add(fresh(rows)));
    return { ...told, ...(await candles.end()) };
  }
  const trades = new TradeImport(stores.trades, instrumentId);
  await eachBatch(surveyed, signal, onProgress, async (rows) => trades.add(rows));
  const tradesStored = await trades.end();
  const written = await writeCandlesOfTrades(stores, {
    instrumentId,
    range,
    closedThroughMs: surveyed.covered!.toMs,
    signal,
    onProgress: (_, timeMs) =>
      onProgress('candles', timeMs - range.fromMs, Math.max(1, range.toMs - range.fromMs)),
  });
  return { ...told, tradesStored, written };
}

/** What is stored is read from the day before: the longest candle may open there. */
function wider(range: TimeRange, covered: TimeRange): TimeRange {
  const [fromMs, toMs] = [Math.min(range.fromMs, covered.fromMs), Math.max(range.toMs, covered.toMs)];
  return { fromMs: fromMs - intervalMs('1d'), toMs: toMs + intervalMs('1d') };
}

async function eachBatch(
  { file, findings }: SurveyedFile,
  signal: AbortSignal,
  onProgress: FileImport['onProgress'],
  take: (rows: readonly ReadRow[]) => Promise<void>,
): Promise<void> {
  let done = 0;
  for await (const rows of file.read()) {
    signal.throwIfAborted();
    await take(rows);
    done += rows.length;
    onProgress(file.path, done, findings.rows);
  }
}

/** What came twice counts once, and a candle that is off its grid not at all. */
function onceEach(interval: Interval | null): (rows: readonly ReadRow[]) => readonly ReadRow[] {
  let last = -1;
  return (rows) =>
    rows.filter((read) => {
      if (!('row' in read) || read.row.kind === 'trade') return false;
      const { row } = read;
      if (row.kind === 'candle' && wrongGrid(row, interval!) !== null) return false;
      const number = row.kind === 'candle' ? row.openTimeMs : row.aggregateId;
      if (number <= last) return false;
      last = number;
      return true;
    });
}
