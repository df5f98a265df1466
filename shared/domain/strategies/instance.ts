import { canonicalJson } from '../canonical-json.ts';
import { formatDecimal, ONE, parseDecimal, type Decimal } from '../decimal.ts';
import { deterministicId } from '../ids.ts';
import { isInstrumentId } from '../market-data/instrument.ts';
import { configureStrategy, type WrongField } from './registry.ts';
import type { StrategyInstance } from './strategy.ts';

export type InstanceRequest = Omit<StrategyInstance, 'strategyId' | 'status' | 'params'> & {
  readonly params: unknown;
};

export type WrongRequest = WrongField<
  'name' | 'params' | 'instrumentId' | 'capital' | 'feeRate' | 'slippage'
>;

/** Checks a request for a strategy instance and gives it its id: the same request is the same instance. */
export function strategyInstance(request: InstanceRequest): StrategyInstance | WrongRequest {
  const { accountId, name, instrumentId, interval, latencyMs, byAccount } = request;
  const configured = configureStrategy(name, request.params);
  if ('error' in configured) return configured;
  if (!isInstrumentId(instrumentId)) {
    const error = `expected exchange:BASE-QUOTE such as binance:BTC-USDT, got "${instrumentId}"`;
    return { field: 'instrumentId', error };
  }
  const capital = parseDecimal(request.capital);
  if (capital === null || capital <= 0n || capital > MAX_CAPITAL) {
    const error = `expected a decimal above zero and at most ${formatDecimal(MAX_CAPITAL)}, got "${request.capital}"`;
    return { field: 'capital', error };
  }
  const feeRate = fraction(request.feeRate);
  if (feeRate === null) return { field: 'feeRate', error: notAFraction(request.feeRate) };
  const slippage = fraction(request.slippage);
  if (slippage === null) return { field: 'slippage', error: notAFraction(request.slippage) };
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
    ...(byAccount === undefined || byAccount.length === 0 ? {} : { byAccount }),
    status: 'RUNNING',
  };
}

/** What it buys at the least price there is still fits the 26 digits of a decimal. */
const MAX_CAPITAL: Decimal = 10n ** 12n * ONE;
const HALF: Decimal = ONE / 2n;

function fraction(text: string): Decimal | null {
  const value = parseDecimal(text);
  return value === null || value < 0n || value >= HALF ? null : value;
}

function notAFraction(text: string): string {
  return `expected a fraction of zero or more and below 0.5, such as 0.001, got "${text}"`;
}
