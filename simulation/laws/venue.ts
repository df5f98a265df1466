import { orderKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { decimal, formatDecimal, type Decimal } from '../../shared/domain/decimal.ts';
import type { WrittenReport } from '../../shared/domain/orders/written-report.ts';
import type { WrittenVenue } from '../../shared/domain/orders/written-venue.ts';
import { deskMessagesOf, putsOf, type Law } from '../fabric/watch.ts';

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
    if (known === undefined && ended.has(clientOrderId))
      return `order ${clientOrderId} had ended before ${text}`;
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
        const { orders = {} } = (value as { readonly state: WrittenVenue }).state;
        const ids = Object.values(orders).flatMap((all) => all.map(({ clientOrderId }) => clientOrderId));
        if (new Set(ids).size < ids.length) return `an order waits there twice: ${ids.join(', ')}`;
        const again = ids.find((id) => ended.has(id));
        if (again !== undefined) return `order ${again} has ended and waits there again`;
      }
      return null;
    },
    onSent: (messages) => {
      for (const message of deskMessagesOf(messages)) {
        const wrong = message.kind === 'report' ? contradiction(message.report) : null;
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

interface Parts {
  quantity: Decimal;
  spent: Decimal;
}

/** What an order has filled and what it has left is what it asked for, after every part; it spends no more than it may. */
export function partsAddUp(): Law {
  const parts = new Map<string, Parts>();
  return {
    name: 'parts of an order add up to it',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'REPORT')) {
        const report = value as WrittenReport;
        if (report.kind !== 'filled') continue;
        const { clientOrderId, number, fill, leavesQuantity } = report;
        const sum = parts.get(clientOrderId) ?? { quantity: 0n, spent: 0n };
        parts.set(clientOrderId, sum);
        sum.quantity += decimal(fill.quantity);
        sum.spent -= decimal(fill.cashChange);
        const { quantity, quoteQuantity } = stores.state.peek(
          'orders',
          orderKey(clientOrderId),
        ) as OrderRecord;
        const whole = formatDecimal(sum.quantity + decimal(leavesQuantity));
        if (quantity !== null && whole !== quantity)
          return `report ${number} of order ${clientOrderId} makes ${whole} of it; it asked for ${quantity}`;
        if (quoteQuantity !== null && sum.spent > decimal(quoteQuantity))
          return `order ${clientOrderId} spent ${formatDecimal(sum.spent)} of ${quoteQuantity}`;
      }
      return null;
    },
  };
}

function isEnd(report: WrittenReport): boolean {
  if (report.kind === 'filled') return report.leavesQuantity === '0';
  return report.kind === 'rejected' || report.kind === 'expired' || report.kind === 'canceled';
}
