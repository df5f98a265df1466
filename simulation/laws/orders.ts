import { orderKey } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import { askedOf } from '../../shared/domain/orders/order-progress.ts';
import { isEndState, mayFollow } from '../../shared/domain/orders/order-status.ts';
import { putsOf, type Law } from '../fabric/watch.ts';

/** What was asked for never changes, and a status is followed by what may follow it. */
export function ordersOnlyGoOn(): Law {
  const known = new Map<string, OrderRecord>();
  return {
    name: 'an order only goes on',
    onWrites: (writes) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const order = value as OrderRecord;
        const before = known.get(order.clientOrderId);
        known.set(order.clientOrderId, order);
        if (before === undefined) continue;
        if (askedFor(before) !== askedFor(order))
          return `order ${order.clientOrderId} asked for ${askedFor(before)}, and then for ${askedFor(order)}`;
        if (before.status !== order.status && !mayFollow(before.status, order.status))
          return `order ${order.clientOrderId} went from ${before.status} to ${order.status}`;
        if (isEndState(before.status) && before.filledQuantity === order.filledQuantity)
          return `order ${order.clientOrderId} was ${order.status} and was written again`;
      }
      return null;
    },
  };
}

function askedFor(order: OrderRecord): string {
  return JSON.stringify(askedOf(order));
}

/** Whatever is sent to a venue was approved, is written down as sent, and is the very order that was approved. */
export function sentAsWrittenDown(): Law {
  return {
    name: 'an order is sent as it is written down',
    onAppended: (records, { stores }) => {
      for (const { data } of records) {
        const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
        if (record.kind !== 'order') continue;
        const { clientOrderId } = record.order;
        const written = stores.state.peek('orders', orderKey(clientOrderId)) as OrderRecord | null;
        if (written === null) return `order ${clientOrderId} was sent and is not in the table`;
        if (written.status === 'INITIALIZED' || written.status === 'DENIED')
          return `order ${clientOrderId} was sent and is ${written.status}`;
        if (askedFor({ ...written, ...record.order }) !== askedFor(written))
          return `order ${clientOrderId} was sent other than approved`;
      }
      return null;
    },
  };
}
