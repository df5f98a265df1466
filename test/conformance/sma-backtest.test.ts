import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCandleFile } from '../../shared/adapters/files/candle-file.ts';
import { DEFAULT_LIMITS } from '../../shared/domain/risk/rules.ts';
import { strategyInstance } from '../../shared/domain/strategies/instance.ts';
import { backtest } from '../../shared/engine/backtest.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

interface ExpectedTrade {
  readonly entry_t: number;
  readonly entry_px: number;
  readonly exit_t: number;
  readonly exit_px: number;
  readonly qty: number;
  readonly pnl: number;
  readonly ret: number;
}

interface Expected {
  readonly final_equity: number;
  readonly total_return: number;
  readonly max_drawdown: number;
  readonly fees_paid: number;
  readonly profit_factor: number;
  readonly wins: number;
  readonly open_position: { readonly qty: number; readonly entry_px: number } | null;
  readonly trades: readonly ExpectedTrade[];
}

const FILES = [
  'eth-btc-5m-2018-01',
  'dash-usdt-1m-2020-09',
  'goog-1d-2004-2013',
  'eur-usd-1h-2017-2018',
  'ltc-btc-5m-2018-01',
  'xrp-eth-1m-2019-10',
] as const;

describeConformance('the moving-average backtest equals the independent loops', () => {
  const expectations = () =>
    JSON.parse(readFileSync(`${dataFolder}expected/indicators-and-sma-backtest.json`, 'utf8')) as Record<
      string,
      { backtestSma20Over50: Expected }
    >;

  it.each(FILES)('on %s, every trade and the equity, to 1e-9', async (name) => {
    const expected = expectations()[name]!.backtestSma20Over50;
    const { series } = await readCandleFile(`${dataFolder}candles/${name}.csv.gz`);
    const instance = strategyInstance({
      accountId: 'backtest',
      name: 'ma-crossover',
      params: { fastPeriod: 20, slowPeriod: 50 },
      instrumentId: 'file:BASE-QUOTE',
      interval: '1m',
      capital: '10000',
      feeRate: '0.001',
      slippage: '0',
      latencyMs: 0,
    });
    if ('error' in instance) throw new Error(instance.error);

    const result = backtest(series, instance, DEFAULT_LIMITS);

    expect(result.trades.length).toBe(expected.trades.length);
    result.trades.forEach((trade, i) => {
      const theirs = expected.trades[i]!;
      expect([trade.entryTimeMs, trade.exitTimeMs]).toEqual([theirs.entry_t, theirs.exit_t]);
      expectClose(Number(trade.entryPrice), theirs.entry_px);
      expectClose(Number(trade.exitPrice), theirs.exit_px);
      expectClose(Number(trade.quantity), theirs.qty);
      expectClose(Number(trade.profit), theirs.pnl);
      expectClose(trade.return, theirs.ret);
    });
    expectClose(Number(result.metrics.finalEquity), expected.final_equity);
    expectClose(result.metrics.totalReturn, expected.total_return);
    expectClose(result.metrics.maxDrawdown, expected.max_drawdown);
    expectClose(Number(result.metrics.feesPaid), expected.fees_paid);
    expectClose(result.metrics.profitFactor ?? NaN, expected.profit_factor);
    expect(result.metrics.wins).toBe(expected.wins);
    expect(result.openPosition === null).toBe(expected.open_position === null);
    if (result.openPosition !== null)
      expectClose(Number(result.openPosition.quantity), expected.open_position!.qty);
  });
});

/** Within 1e-9, absolutely below one and relatively above. */
function expectClose(actual: number, expected: number): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= 1e-9)) throw new Error(`expected ${expected} to 1e-9, got ${actual}`);
}
