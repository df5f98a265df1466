import { eventSchemas } from '../../shared/contracts/events.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import type { WrittenVenue } from '../../shared/domain/orders/written-venue.ts';
import { putsOf, recordsOf, type Law } from '../fabric/watch.ts';

/** An order is taken once and ends once, however often it is sent. */
export function onceAtTheVenue(): Law {
  const ended = new Map<string, string>();
  const fills = new Map<string, string>();
  return {
    name: 'an order is at its venue once',
    onWrites: (writes) => {
      for (const { pk, value } of putsOf(writes, 'orders', 'ORDER', 'REPORT')) {
        const text = JSON.stringify(value);
        const known = ended.get(pk);
        if (known !== undefined && known !== text) return `${pk} ended twice: ${known} and ${text}`;
        ended.set(pk, text);
      }
      for (const { value } of putsOf(writes, 'orders', 'VENUE', 'match-orders')) {
        const { orders } = (value as { readonly state: WrittenVenue }).state;
        const ids = Object.values(orders).flatMap((all) => all.map(({ clientOrderId }) => clientOrderId));
        if (new Set(ids).size < ids.length) return `an order waits there twice: ${ids.join(', ')}`;
        const again = ids.find((id) => ended.has(`ORDER#${id}`));
        if (again !== undefined) return `order ${again} has ended and waits there again`;
      }
      return null;
    },
    onPublished: (events) => {
      for (const { detailType, detail } of events) {
        if (detailType !== 'OrderFilledV1') continue;
        const { fill } = eventSchemas.OrderFilledV1.parse(detail);
        const text = JSON.stringify(fill);
        const known = fills.get(fill.clientOrderId);
        if (known !== undefined && known !== text)
          return `order ${fill.clientOrderId} filled twice: ${known} and ${text}`;
        fills.set(fill.clientOrderId, text);
      }
      return null;
    },
    atEnd: ({ stores }) => {
      const byOrder = Map.groupBy(
        recordsOf<Fill>(stores, 'portfolio', 'FILL', 'FILL'),
        (f) => f.clientOrderId,
      );
      for (const [id, ofOrder] of byOrder)
        if (ofOrder.length > 1) return `order ${id} has ${ofOrder.length} fills in the ledger`;
      return null;
    },
  };
}
