import type { MetricName } from '../../shared/contracts/metrics.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { reportMetrics } from '../../shared/runtime/report-metrics.ts';
import type { VenueCounts, VenueVitals } from './venue-vitals.ts';

/** Alarms look at whole minutes: some of these fall into each. */
const REPORT_EVERY_MS = 15_000;

/** Says that a collector has started, and from then on how its venue is. @returns what ends it. */
export function startReporting(vitals: VenueVitals, log: Log, everyMs = REPORT_EVERY_MS): () => void {
  log.info('collector started', reportMetrics({ venue: vitals.venue }, new Map([['collectorStarts', 1]])));
  return startReportingAll([vitals], log, everyMs);
}

/** The same of all venues that a process listens to, those too that are added later. */
export function startReportingAll(
  venues: readonly VenueVitals[],
  log: Log,
  everyMs = REPORT_EVERY_MS,
): () => void {
  const timer = setInterval(() => {
    for (const vitals of venues) reportVitals(vitals, Date.now(), log);
  }, everyMs);
  return () => clearInterval(timer);
}

/** All that is counted of a venue is a metric. */
const METRIC_OF_COUNT = {
  connectionsLost: 'connectionsLost',
  connectionsRenewed: 'connectionsRenewed',
  sequenceGaps: 'sequenceGaps',
  messagesSetAside: 'messagesSetAside',
  resets: 'tradeIdResets',
  deafInstruments: 'deafInstruments',
} as const satisfies Record<keyof VenueCounts, MetricName>;

/** A line of which CloudWatch makes metrics. Who listens to nothing reports nothing: another may be listening. */
export function reportVitals(vitals: VenueVitals, nowMs: number, log: Log): void {
  const silence = vitals.silence(nowMs);
  if (silence === null) return;
  const { silenceMs, quietest } = silence;
  const counted = vitals.takeCounts();
  const values = new Map<MetricName, number>([
    ['venueSilenceMs', silenceMs],
    ['quietestInstrumentMs', quietest.silenceMs],
    ...Object.entries(METRIC_OF_COUNT).map(
      ([name, metric]) => [metric, counted[name as keyof VenueCounts]] as const,
    ),
  ]);
  if (vitals.clockOffsetMs !== null) values.set('venueClockOffsetMs', Math.abs(vitals.clockOffsetMs));
  const books = vitals.takeBooks();
  if (books !== null) {
    const { updates, gaps, resyncs, checksumsBad, quotesBad } = books.counted;
    values.set('bookUpdates', updates);
    values.set('bookGaps', gaps);
    values.set('bookResyncs', resyncs);
    values.set('bookChecksumsBad', checksumsBad);
    values.set('bookQuotesBad', quotesBad);
    values.set('booksNotWhole', books.notWhole);
  }
  log.info('venue', {
    quietestInstrument: quietest.instrumentId,
    ...reportMetrics({ venue: vitals.venue }, values, nowMs),
  });
}
