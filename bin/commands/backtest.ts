import { fieldErrors, firstFieldError } from '../../shared/contracts/problem.ts';
import { limitsRecord } from '../../shared/contracts/risk-limits.ts';
import { intervalMs, INTERVALS, type Interval } from '../../shared/domain/candles/interval.ts';
import { BadCandleFile, readCandleFile } from '../../shared/adapters/files/candle-file.ts';
import { NotADecimal } from '../../shared/domain/decimal.ts';
import type { RiskLimits } from '../../shared/domain/risk/rules.ts';
import { strategyInstance } from '../../shared/domain/strategies/instance.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import { backtest, type BacktestReport } from '../../shared/engine/backtest.ts';
import type { CandleSeries } from '../../shared/domain/candles/candle-series.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { amount, existingFile, folder, jsonObject, text } from '../command-line/option-values.ts';
import { optional, required, withDefault } from '../command-line/options.ts';
import { wrongRequest } from '../command-line/wrong-request.ts';
import { writeBacktestReport } from './backtest/write-report.ts';

export const command = defineCommand({
  description:
    'A signal at the close of a candle fills at the open of the next; one on the last candle never fills. The\n' +
    'strategy, the risk decision, the fill and the ledger are the ones that run live.',
  options: {
    candles: required(
      existingFile,
      'CSV openTimeMs,open,high,low,close,volume[,flags], plain or gzip, oldest first',
    ),
    strategy: required(text('NAME'), 'the strategy: ma-crossover'),
    params: withDefault(jsonObject, '{}', 'its parameters, such as {"fastPeriod":20,"slowPeriod":50}'),
    capital: withDefault(amount, '10000', 'cash to begin with'),
    fee: withDefault(amount, '0.001', 'taker fee, a fraction of the notional'),
    slippage: withDefault(amount, '0', 'fraction by which a fill is worse than the open'),
    limits: withDefault(
      jsonObject,
      '{}',
      'risk limits other than the defaults, such as {"maxDailyLossRatio":0.1}',
    ),
    report: optional(
      folder,
      'also write report.json, trades.csv and equity.csv there, in place of earlier ones',
    ),
  },
  examples: [
    {
      line: `npx millrace backtest --candles eth-btc-5m.csv.gz --strategy ma-crossover --params '{"fastPeriod":20,"slowPeriod":50}'`,
      what: 'metrics, every round trip, and the hash that a live run of the same candles would give',
    },
  ],
  run: async (values, io) => {
    const limits = limitsOf(values.limits);
    const { series } = await readCandleFile(values.candles).catch((error: unknown) => {
      throw error instanceof BadCandleFile ? new BadInput(error.message) : error;
    });
    const instance = strategyInstance({
      accountId: 'backtest',
      name: values.strategy,
      params: values.params,
      instrumentId: 'file:BASE-QUOTE',
      interval: nearestInterval(series),
      capital: values.capital,
      feeRate: values.fee,
      slippage: values.slippage,
      latencyMs: 0,
    });
    if ('error' in instance) throw wrongRequest(instance);
    const { equity, ...result } = runBacktest(values.candles, series, instance, limits);
    if (values.report !== null) await writeBacktestReport(values.report, result, series.openTimeMs, equity);
    io.print(result);
    return EXIT_DONE;
  },
});

/** @throws BadInput */
function limitsOf(given: object): RiskLimits {
  const { data, error } = limitsRecord.safeParse(given);
  if (error !== undefined) throw new BadInput(firstFieldError(fieldErrors(error), '--limits'));
  return data;
}

function runBacktest(
  path: string,
  series: CandleSeries,
  instance: StrategyInstance,
  limits: RiskLimits,
): BacktestReport {
  try {
    return backtest(series, instance, limits);
  } catch (error) {
    if (!(error instanceof NotADecimal)) throw error;
    throw new BadInput(
      `${path}: what the account comes to outgrows 26 digits: expected prices nearer to each other, or less --capital`,
      { cause: error },
    );
  }
}

/** A file does not say its interval: the smallest step between two candles is the best guess, and only names things. */
function nearestInterval({ openTimeMs, length }: CandleSeries): Interval {
  let step = Infinity;
  for (let i = 1; i < length; i++) step = Math.min(step, openTimeMs[i]! - openTimeMs[i - 1]!);
  const fitting = INTERVALS.filter((interval) => intervalMs(interval) <= step);
  return fitting.at(-1) ?? '1s';
}
