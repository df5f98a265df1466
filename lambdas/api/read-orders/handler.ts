import { orderKey, ordersPartition } from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { isKnownAccount, unknownAccount } from '../../../shared/runtime/accounts.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';

/** Orders and what became of them. */
export function createHandler({ state }: Pick<Ports, 'state'>) {
  return defineRestFunction('read-orders', {
    'GET /v1/orders': async ({ query }) => {
      if (!(await isKnownAccount(state, query.account))) return unknownAccount(query.account);
      return listItems(
        (options) => state.queryIndex<OrderRecord>('orders', ordersPartition(query.account), options),
        query,
        {
          descending: true,
          keep: (order) =>
            (query.strategyId === undefined || order.strategyId === query.strategyId) &&
            (query.status === undefined || order.status === query.status),
        },
      );
    },
    'GET /v1/orders/{clientOrderId}': async ({ path }) => {
      const item = await state.get<OrderRecord>('orders', orderKey(path.clientOrderId));
      if (item === null) return { kind: 'not-found', detail: `no order ${path.clientOrderId}` };
      return { kind: 'done', body: item.value };
    },
  });
}
