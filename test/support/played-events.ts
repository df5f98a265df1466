import type { PaperModel } from '../../shared/domain/accounts/paper-model.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import type { Command } from '../../shared/domain/orders/command.ts';
import type { MarketStep } from '../../shared/domain/orders/market-step.ts';
import { matchAll } from '../../shared/domain/orders/match-all.ts';
import type { VenueOrders } from '../../shared/domain/orders/orders-under-way.ts';
import type { OrderReport } from '../../shared/domain/orders/report.ts';
import { obey } from '../../shared/domain/orders/venue-orders.ts';
import { aPaperModel } from './market-steps.ts';
import { told } from './shown-steps.ts';

interface Played {
  readonly told: string[];
  readonly orders: VenueOrders;
  readonly reports: OrderReport[];
}

/** Commands and steps in turn; reports by order: `id: what is told`. */
export function play(
  events: readonly (Command | MarketStep)[],
  { paper = aPaperModel(), position = '0' }: { paper?: PaperModel; position?: string } = {},
): Played {
  let orders: VenueOrders = [];
  const reports: OrderReport[] = [];
  let timeMs = 0;
  let held = decimal(position);
  for (const event of events) {
    const settled = isStep(event)
      ? matchAll(orders, event, { paperOf: () => paper, positionOf: () => held })
      : obey(orders, event, timeMs, () => paper);
    if (isStep(event)) timeMs = event.kind === 'candle' ? event.closeTimeMs : event.timeMs;
    orders = settled.orders;
    for (const report of settled.reports)
      if (report.kind === 'filled') held += report.side === 'BUY' ? report.quantity : -report.quantity;
    reports.push(...settled.reports);
  }
  const lines = told(reports);
  return { told: reports.map(({ clientOrderId }, n) => `${clientOrderId}: ${lines[n]}`), orders, reports };
}

function isStep(event: Command | MarketStep): event is MarketStep {
  return ['trade', 'quote', 'candle', 'watermark'].includes(event.kind);
}
