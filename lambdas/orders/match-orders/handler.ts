import { venueKey } from '../../../shared/contracts/record-keys.ts';
import {
  matchTrade,
  openPaperVenue,
  passTime,
  takeOrder,
  withdrawOrder,
  type PaperVenue,
  type VenueReport,
} from '../../../shared/domain/orders/paper-venue.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { keepReport, type VenueReportEvent } from '../../../shared/runtime/venue-reports.ts';
import { defineLaneFold, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';

/** The paper venue: orders and trades of a lane in the order in which they lie in the stream. */
export function createHandler(ports: Pick<Ports, 'state' | 'bus'>) {
  return defineLaneFold<PaperVenue, VenueReport[]>('match-orders', ports.state, {
    table: 'orders',
    key: venueKey,
    open: (stored) => (stored as PaperVenue | undefined) ?? openPaperVenue(),
    store: (venue) => venue,
    noEffects: () => [],
    fold: takeRecord,
    emit: async (reports, { invocation }) => {
      if (reports.length === 0) return;
      const events: VenueReportEvent[] = [];
      for (const report of reports) events.push(await keepReport(ports.state, eventOf(report)));
      await ports.bus.publish(events);
      invocation.count('venueReports', reports.length);
    },
  });
}

function takeRecord(venue: PaperVenue, { record }: FoldedRecord, reports: VenueReport[]): void {
  if (record.kind === 'trades') {
    for (const trade of record.trades) matchTrade(venue, trade, reports);
    if (record.laneWatermarkMs !== null) passTime(venue, record.laneWatermarkMs);
  } else if (record.kind === 'order') {
    const report = takeOrder(venue, record.order);
    if (report !== null) reports.push(report);
  } else if (record.kind === 'withdrawal') {
    const report = withdrawOrder(venue, record.order, record.reason);
    if (report !== null) reports.push(report);
  }
}

function eventOf(report: VenueReport): VenueReportEvent {
  if (report.kind === 'filled') return { detailType: 'OrderFilledV1', detail: { fill: report.fill } };
  const { order, reason, timeMs } = report;
  const detail = { clientOrderId: order.clientOrderId, strategyId: order.strategyId, reason, timeMs };
  return report.kind === 'rejected'
    ? { detailType: 'OrderRejectedV1', detail }
    : { detailType: 'OrderExpiredV1', detail };
}
