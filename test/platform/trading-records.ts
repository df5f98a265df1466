import { fillsPartition, ordersPartition, STRATEGIES_PARTITION } from '../../shared/contracts/record-keys.ts';
import type { OrderRecord, SignalRecord, StrategyRecord } from '../../shared/contracts/records.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

export interface TradingRecords {
  readonly instances: readonly StrategyRecord[];
  readonly signals: readonly SignalRecord[];
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly Fill[];
}

/** What the live functions have written: orders and fills account by account, in time. */
export async function readTradingRecords(state: StateStore): Promise<TradingRecords> {
  const options = { limit: 1000 };
  const instances = await state.queryIndex<StrategyRecord>('signals', STRATEGIES_PARTITION, options);
  const signals: SignalRecord[] = [];
  for (const { value } of instances.items) {
    const page = await state.query<SignalRecord>(
      'signals',
      `STRATEGY#${value.strategyId}`,
      'SIGNAL#',
      options,
    );
    signals.push(...page.items.map((item) => item.value));
  }
  const orders: OrderRecord[] = [];
  const fills: Fill[] = [];
  for (const accountId of new Set(instances.items.map(({ value }) => value.accountId))) {
    orders.push(...(await readIndex<OrderRecord>(state, 'orders', ordersPartition(accountId))));
    fills.push(...(await readIndex<Fill>(state, 'portfolio', fillsPartition(accountId))));
  }
  return { instances: instances.items.map((item) => item.value), signals, orders, fills };
}
