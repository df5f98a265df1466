import type { DeskMessage } from '../../../shared/contracts/desk-messages.ts';
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
import type { WrittenReport } from '../../../shared/domain/orders/written-report.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { sendToDesks } from '../../../shared/runtime/desk-queue.ts';
import { keepReport } from '../../../shared/runtime/venue-reports.ts';
import { defineLaneFold, type FoldedRecord } from '../../../shared/runtime/lane-fold.ts';

/** The paper venue: orders and trades of a lane in the order in which they lie in the stream. */
export function createHandler(ports: Pick<Ports, 'state' | 'queues'>) {
  return defineLaneFold<PaperVenue, VenueReport[]>('match-orders', ports.state, {
    table: 'orders',
    key: venueKey,
    open: (stored) => (stored as PaperVenue | undefined) ?? openPaperVenue(),
    store: (venue) => venue,
    noEffects: () => [],
    fold: takeRecord,
    emit: async (reports, { invocation }) => {
      if (reports.length === 0) return;
      const messages: DeskMessage[] = [];
      for (const report of reports)
        messages.push({ kind: 'report', report: await keepReport(ports.state, written(report)) });
      await sendToDesks(ports.queues, messages);
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

/** An order that meets nothing but the tape has one report: how it ended. */
function written(report: VenueReport): WrittenReport {
  if (report.kind === 'filled') {
    const { fill } = report;
    const { clientOrderId, accountId, strategyId, instrumentId, timeMs } = fill;
    const head = { clientOrderId, accountId, strategyId, instrumentId, number: 1, timeMs };
    return { ...head, kind: 'filled', fill, leavesQuantity: '0', liquidity: 'taker' };
  }
  const { clientOrderId, accountId, strategyId, instrumentId } = report.order;
  const { kind, reason, timeMs } = report;
  return { clientOrderId, accountId, strategyId, instrumentId, number: 1, timeMs, kind, reason };
}
