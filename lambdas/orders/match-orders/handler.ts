import type { DeskMessage } from '../../../shared/contracts/desk-messages.ts';
import { commandOf } from '../../../shared/contracts/lane-commands.ts';
import { venueKey } from '../../../shared/contracts/record-keys.ts';
import { readBookRows, type LaneRecord } from '../../../shared/contracts/stream-records.ts';
import {
  matchQuote,
  matchTrade,
  openPaperVenue,
  passTime,
  type PaperVenue,
} from '../../../shared/domain/orders/paper-venue.ts';
import { takeCommand } from '../../../shared/domain/orders/venue-commands.ts';
import type { WrittenReport } from '../../../shared/domain/orders/written-report.ts';
import { readVenue, writeVenue, type WrittenVenue } from '../../../shared/domain/orders/written-venue.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { sendToDesks } from '../../../shared/runtime/desk-queue.ts';
import { keepReport } from '../../../shared/runtime/venue-reports.ts';
import { defineLaneFold, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';

/** The paper venue: commands, trades and quotes of a lane in the order in which they lie in the stream. */
export function createHandler(ports: Pick<Ports, 'state' | 'queues'>) {
  return defineLaneFold<PaperVenue, WrittenReport[]>('match-orders', ports.state, {
    table: 'orders',
    key: venueKey,
    open: (stored) => (stored === undefined ? openPaperVenue() : readVenue(stored as WrittenVenue)),
    store: writeVenue,
    noEffects: () => [],
    fold: takeRecord,
    emit: async (reports, { invocation }) => {
      if (reports.length === 0) return;
      const messages: DeskMessage[] = [];
      for (const report of reports)
        messages.push({ kind: 'report', report: await keepReport(ports.state, report) });
      await sendToDesks(ports.queues, messages);
      invocation.count('venueReports', reports.length);
    },
  });
}

function takeRecord(venue: PaperVenue, { record }: FoldedRecord, reports: WrittenReport[]): void {
  if (record.kind === 'trades') takeTape(venue, record, reports);
  else if (record.kind !== 'unreadable') takeCommand(venue, commandOf(record), reports);
}

function takeTape(
  venue: PaperVenue,
  record: Extract<LaneRecord, { kind: 'trades' }>,
  reports: WrittenReport[],
): void {
  // Quotes are many, and mean nothing to a venue where nothing works.
  const quotes = venue.orders.size === 0 ? [] : readBookRows(record).quotes;
  let shown = 0;
  for (const [n, trade] of record.trades.entries()) {
    while (shown < quotes.length && quotes[shown]!.tradesBefore <= n)
      matchQuote(venue, quotes[shown++]!, reports);
    matchTrade(venue, trade, reports);
  }
  for (const quote of quotes.slice(shown)) matchQuote(venue, quote, reports);
  if (record.laneWatermarkMs !== null) passTime(venue, record.laneWatermarkMs, reports);
}
