import { deskMessage } from '../../shared/contracts/desk-messages.ts';
import type { Order } from '../../shared/domain/orders/order.ts';
import type { PaperVenue } from '../../shared/domain/orders/paper-venue.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';
import { putsOf, type Law } from '../fabric/watch.ts';

/** An order is taken once and ends once, however often it is sent, and what its venue told under a number it told for good. */
export function onceAtTheVenue(): Law {
  const reports = new Map<string, string>();
  const ended = new Set<string>();
  const contradiction = (report: WrittenReport): string | null => {
    const { clientOrderId, number } = report;
    const text = JSON.stringify(report);
    const of = `report ${number} of order ${clientOrderId}`;
    const known = reports.get(of);
    if (known !== undefined && known !== text) return `${of} was ${known}, and then ${text}`;
    if (known === undefined && ended.has(clientOrderId)) return `order ${clientOrderId} had ended before ${text}`;
    reports.set(of, text);
    if (isEnd(report)) ended.add(clientOrderId);
    return null;
  };
  return {
    name: 'an order is at its venue once',
    onWrites: (writes) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'REPORT')) {
        const wrong = contradiction(value as WrittenReport);
        if (wrong !== null) return wrong;
      }
      for (const { value } of putsOf(writes, 'orders', 'VENUE', 'match-orders')) {
        const { openOrders } = (value as { readonly state: PaperVenue }).state;
        const ids = openOrders.map(({ clientOrderId }: Order) => clientOrderId);
        if (new Set(ids).size < ids.length) return `an order waits there twice: ${ids.join(', ')}`;
        const again = ids.find((id) => ended.has(id));
        if (again !== undefined) return `order ${again} has ended and waits there again`;
      }
      return null;
    },
    onSent: (messages) => {
      for (const { body } of messages) {
        const { data } = deskMessage.safeParse(JSON.parse(body));
        const wrong = data?.kind === 'report' ? contradiction(data.report) : null;
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

function isEnd(report: WrittenReport): boolean {
  if (report.kind === 'filled') return report.leavesQuantity === '0';
  return report.kind === 'rejected' || report.kind === 'expired' || report.kind === 'canceled';
}
