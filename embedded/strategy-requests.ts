import { PAPER_ACCOUNT_ID } from '../shared/contracts/records.ts';
import type { Interval } from '../shared/domain/candles/interval.ts';
import { decimal, formatDecimal } from '../shared/domain/decimal.ts';
import type { InstrumentId } from '../shared/domain/market-data/instrument.ts';
import { strategyInstance, type WrongRequest } from '../shared/domain/strategies/instance.ts';
import type { StrategyInstance } from '../shared/domain/strategies/strategy.ts';

/** One strategy to run on every instrument of a source. */
export interface StrategyRequest {
  readonly name: string;
  readonly params: object;
  readonly interval: Interval;
  /** Of the whole account. */
  readonly capital: string;
  readonly feeRate: string;
  readonly slippage: string;
  readonly latencyMs: number | null;
}

/**
 * An instance for each instrument. The capital is divided equally, rounded down, and the last takes what is left, so
 * that nothing of it is lost. @returns them, or what is wrong with the request.
 */
export function instancesOf(
  request: StrategyRequest,
  instruments: readonly InstrumentId[],
): readonly StrategyInstance[] | WrongRequest {
  const instances: StrategyInstance[] = [];
  for (const [i, instrumentId] of instruments.entries()) {
    const instance = strategyInstance({
      ...request,
      accountId: PAPER_ACCOUNT_ID,
      instrumentId,
      capital: shareOf(request.capital, i, instruments.length),
    });
    if ('error' in instance) return instance;
    instances.push(instance);
  }
  return instances;
}

function shareOf(capital: string, i: number, of: number): string {
  const whole = decimal(capital);
  const share = whole / BigInt(of);
  return formatDecimal(i === of - 1 ? whole - share * BigInt(of - 1) : share);
}
