import { canonicalJson } from '../canonical-json.ts';
import { formatDecimal, parseDecimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { isInstrumentId } from '../market-data/instrument.ts';
import { configureStrategy } from './registry.ts';
import type { StrategyInstance } from './strategy.ts';

export type InstanceRequest = Omit<StrategyInstance, 'strategyId' | 'status' | 'params'> & {
  readonly params: unknown;
};

/** Checks a request for a strategy instance and gives it its id: the same request is the same instance. */
export function strategyInstance(request: InstanceRequest): StrategyInstance | { readonly error: string } {
  const { accountId, name, instrumentId, interval, latencyMs } = request;
  const configured = configureStrategy(name, request.params);
  if ('error' in configured) return configured;
  if (!isInstrumentId(instrumentId)) {
    return {
      error: `instrument: expected exchange:BASE-QUOTE such as binance:BTC-USDT, got "${instrumentId}"`,
    };
  }
  const capital = amount(request.capital);
  if (capital === null || capital === 0n)
    return { error: `capital: expected a decimal above zero, got "${request.capital}"` };
  const feeRate = amount(request.feeRate);
  if (feeRate === null || feeRate >= HALF)
    return { error: `fee: expected a fraction from 0 to 0.5, got "${request.feeRate}"` };
  const slippage = amount(request.slippage);
  if (slippage === null || slippage >= HALF) {
    return { error: `slippage: expected a fraction from 0 to 0.5, got "${request.slippage}"` };
  }
  return {
    strategyId: deterministicId(
      'strategy',
      accountId,
      name,
      canonicalJson(configured.params),
      instrumentId,
      interval,
    ),
    accountId,
    name,
    params: configured.params,
    instrumentId,
    interval,
    capital: formatDecimal(capital),
    feeRate: formatDecimal(feeRate),
    slippage: formatDecimal(slippage),
    latencyMs,
    status: 'RUNNING',
  };
}

const HALF = 500_000_000_000n;

function amount(text: string): bigint | null {
  const value = parseDecimal(text);
  return value === null || value < 0n ? null : value;
}
