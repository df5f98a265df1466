import { strategyInstance, type InstanceRequest } from '../../shared/domain/strategies/instance.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';

/** A moving-average crossover on BTC-USDT with 10,000 of cash. */
export const CROSSOVER_REQUEST: InstanceRequest = {
  accountId: 'paper',
  name: 'ma-crossover',
  params: { fastPeriod: 5, slowPeriod: 20 },
  instrumentId: 'binance:BTC-USDT',
  interval: '1m',
  capital: '10000',
  feeRate: '0.001',
  slippage: '0',
  latencyMs: null,
};

/** What comes of that request, or of one that differs. */
export function aStrategy(fields: Partial<InstanceRequest> = {}): StrategyInstance {
  const instance = strategyInstance({ ...CROSSOVER_REQUEST, ...fields });
  if ('error' in instance) throw new Error(instance.error);
  return instance;
}
