import { fillsPartition, ordersPartition, STRATEGIES_PARTITION } from '../../shared/contracts/record-keys.ts';
import {
  PAPER_ACCOUNT_ID,
  type OrderRecord,
  type SignalRecord,
  type StrategyRecord,
} from '../../shared/contracts/records.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

export interface TradingRecords {
  readonly instances: readonly StrategyRecord[];
  readonly signals: readonly SignalRecord[];
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly Fill[];
}

/** What the live functions have written, of up to a thousand each. */
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
  const orders = await state.queryIndex<OrderRecord>('orders', ordersPartition(PAPER_ACCOUNT_ID), options);
  const fills = await state.queryIndex<Fill>('portfolio', fillsPartition(PAPER_ACCOUNT_ID), options);
  return {
    instances: instances.items.map((item) => item.value),
    signals,
    orders: orders.items.map((item) => item.value),
    fills: fills.items.map((item) => item.value),
  };
}
