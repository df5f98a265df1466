import type { BookRecord, OrderRecord } from '../../shared/contracts/records.ts';
import { bookKey } from '../../shared/contracts/record-keys.ts';
import { decimal } from '../../shared/domain/decimal.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import { putsOf, type Law } from '../fabric/watch.ts';

/** However many decide at once, an instance has one order under way, and it asks for no more than there is. */
export function withinMeans(): Law {
  const underWay = new Map<string, string>();
  return {
    name: 'an order is within the means of its book',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const { clientOrderId, strategyId, status, quoteQuantity, quantity } = value as OrderRecord;
        if (isEndState(status)) {
          if (underWay.get(strategyId) === clientOrderId) underWay.delete(strategyId);
          continue;
        }
        const other = underWay.get(strategyId);
        if (other !== undefined && other !== clientOrderId)
          return `orders ${other} and ${clientOrderId} of ${strategyId} are under way at once`;
        underWay.set(strategyId, clientOrderId);
        if (status !== 'INITIALIZED') continue;
        const book = stores.state.peek('portfolio', bookKey(strategyId)) as BookRecord | null;
        if (book === null) return `order ${clientOrderId} has no book`;
        if (quoteQuantity !== null && decimal(quoteQuantity) > decimal(book.cash))
          return `order ${clientOrderId} spends ${quoteQuantity} of ${book.cash}`;
        if (quantity !== null && decimal(quantity) > decimal(book.quantity))
          return `order ${clientOrderId} sells ${quantity} of ${book.quantity}`;
      }
      return null;
    },
  };
}
