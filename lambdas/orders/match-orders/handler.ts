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
import { keepReport, type VenueReportEvent } from '../../../shared/runtime/venue-reports.ts';
import { defineLaneFold, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';

/** The paper venue: commands, trades and quotes of a lane in the order in which they lie in the stream. */
export function createHandler(ports: Pick<Ports, 'state' | 'bus'>) {
  return defineLaneFold<PaperVenue, WrittenReport[]>('match-orders', ports.state, {
    table: 'orders',
    key: venueKey,
    open: (stored) => (stored === undefined ? openPaperVenue() : readVenue(stored as WrittenVenue)),
    store: writeVenue,
    noEffects: () => [],
    fold: takeRecord,
    emit: async (reports, { invocation }) => {
      const events: VenueReportEvent[] = [];
      for (const report of reports) {
        const event = eventOf(report);
        if (event !== null) events.push(await keepReport(ports.state, event));
      }
      if (events.length === 0) return;
      await ports.bus.publish(events);
      invocation.count('venueReports', events.length);
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

/** What those who track orders today understand; null: they have no use for it. */
function eventOf(report: WrittenReport): VenueReportEvent | null {
  if (report.kind === 'filled') return { detailType: 'OrderFilledV1', detail: { fill: report.fill } };
  const { clientOrderId, strategyId, timeMs } = report;
  switch (report.kind) {
    case 'expired':
      return {
        detailType: 'OrderExpiredV1',
        detail: { clientOrderId, strategyId, reason: report.reason, timeMs },
      };
    // To them an order that ends without a fill and without a time was refused.
    case 'canceled':
    case 'rejected':
      return {
        detailType: 'OrderRejectedV1',
        detail: { clientOrderId, strategyId, reason: report.reason, timeMs },
      };
    default:
      return null;
  }
}
