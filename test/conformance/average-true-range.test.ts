import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCandleFile } from '../../shared/adapters/files/candle-file.ts';
import { AverageTrueRange } from '../../shared/domain/indicators/average-true-range.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

interface Expected {
  readonly indicators: { readonly values: Readonly<Record<string, { readonly atr14: number | null }>> };
}

describeConformance('the average true range over 14 candles equals the independent loops', () => {
  it.each(['eth-btc-5m-2018-01', 'dash-usdt-1m-2020-09', 'goog-1d-2004-2013', 'eur-usd-1h-2017-2018'])(
    'on %s',
    async (name) => {
      const path = `${dataFolder}expected/indicators-and-sma-backtest.json`;
      const all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Expected>;
      const { series } = await readCandleFile(`${dataFolder}candles/${name}.csv.gz`);
      const range = new AverageTrueRange(14);
      const ours = Array.from(series.close, (close, n) =>
        range.next({ high: series.high[n]!, low: series.low[n]!, close }),
      );
      const values = Object.entries(all[name]!.indicators.values);
      expect(values.length).toBeGreaterThan(10);
      for (const [at, { atr14 }] of values) {
        const value = ours[Number(at)]!;
        if (atr14 === null) expect(value).toBeNaN();
        else expect(Math.abs(value - atr14)).toBeLessThanOrEqual(1e-9 * Math.max(1, atr14));
      }
    },
  );
});
