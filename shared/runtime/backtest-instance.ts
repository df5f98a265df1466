import type { BacktestRequest, GridParams } from '../contracts/backtests.ts';
import { strategyInstance } from '../domain/strategies/instance.ts';

/** One combination of a grid as a strategy instance, where it is judged and where it is run; or what is wrong with it. */
export function backtestInstance(request: BacktestRequest, params: GridParams) {
  return strategyInstance({
    accountId: 'backtest',
    name: request.strategy,
    params,
    instrumentId: request.instrumentId,
    interval: request.interval,
    capital: request.capital,
    feeRate: request.feeRate,
    slippage: request.slippage,
    latencyMs: 0,
  });
}
