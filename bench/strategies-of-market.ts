import { instancesOf } from '../embedded/strategy-requests.ts';
import type { Platform } from '../embedded/platform.ts';
import { createStrategy } from '../shared/runtime/create-strategy.ts';
import type { SyntheticMarket } from '../simulator/synthetic-market.ts';

/** Those that have something to decide within a minute. */
const STRATEGY_INTERVALS = ['1s', '1m'] as const;

/** A strategy on each instrument and each of the intervals. */
export async function createInstances(
  platform: Platform,
  { instrumentIds }: Pick<SyntheticMarket, 'instrumentIds'>,
): Promise<void> {
  for (const interval of STRATEGY_INTERVALS) {
    const instances = instancesOf(
      {
        name: 'ma-crossover',
        params: { fastPeriod: 5, slowPeriod: 20 },
        interval,
        capital: '100000',
        feeRate: '0.001',
        slippage: '0',
        latencyMs: 0,
      },
      instrumentIds,
    );
    if ('error' in instances) throw new Error(instances.error);
    for (const instance of instances) await createStrategy(platform.storage.state, instance, Date.now());
  }
}
