import { beforeEach, describe, expect, it } from '@jest/globals';
import { METRICS, type MetricName } from '../contracts/metrics.ts';
import { prometheusMetric } from '../contracts/prometheus-names.ts';
import type { MetricValues } from './embedded-metrics.ts';
import { MetricTotals } from './metric-totals.ts';
import { prometheusText } from './prometheus-text.ts';

let nowMs = 0;
let totals: MetricTotals;

beforeEach(() => {
  nowMs = 1_000_000;
  totals = new MetricTotals(() => nowMs);
});

const values = (...entries: [MetricName, number | number[]][]): MetricValues => new Map(entries);

function lines(): string[] {
  const samples = totals.read().series.map(({ metric, ...sample }) => ({
    metric: prometheusMetric(metric, METRICS[metric]),
    ...sample,
  }));
  return prometheusText(samples).split('\n');
}

describe('what a process has counted', () => {
  it('adds up counts for each function and venue, and tells what they are', () => {
    totals.add({ function: 'store-trades', venue: 'binance' }, values(['tradesStored', 3]));
    totals.add({ function: 'store-trades', venue: 'binance' }, values(['tradesStored', 4]));
    totals.add(
      { function: 'store-trades', venue: 'kraken' },
      values(['tradesStored', 1], ['tradesRepeated', 2]),
    );
    expect(lines()).toEqual([
      expect.stringMatching(/^# HELP millrace_trades_repeated_total [A-Z].*\.$/),
      '# TYPE millrace_trades_repeated_total counter',
      'millrace_trades_repeated_total{function="store-trades"} 2',
      expect.stringMatching(/^# HELP millrace_trades_stored_total [A-Z].*\.$/),
      '# TYPE millrace_trades_stored_total counter',
      'millrace_trades_stored_total{venue="binance"} 7',
      'millrace_trades_stored_total{venue="kraken"} 1',
      '',
    ]);
  });

  it('tells of durations in seconds, as buckets of which each holds those before it', () => {
    totals.add({ venue: 'binance' }, values(['tradeToQueryableMs', [1, 7, 7.5, 90_000]]));
    const shown = lines().filter((line) => !line.startsWith('#'));
    expect(shown).toEqual(
      expect.arrayContaining([
        'millrace_trade_to_queryable_seconds_bucket{venue="binance",le="0.001"} 1',
        'millrace_trade_to_queryable_seconds_bucket{venue="binance",le="0.005"} 1',
        'millrace_trade_to_queryable_seconds_bucket{venue="binance",le="0.01"} 3',
        'millrace_trade_to_queryable_seconds_bucket{venue="binance",le="60"} 3',
        'millrace_trade_to_queryable_seconds_bucket{venue="binance",le="+Inf"} 4',
        'millrace_trade_to_queryable_seconds_sum{venue="binance"} 90.0155',
        'millrace_trade_to_queryable_seconds_count{venue="binance"} 4',
      ]),
    );
  });

  it('shows a gauge as it was set last, until nobody has set it for two minutes', () => {
    totals.add({ venue: 'binance' }, values(['venueSilenceMs', 500]));
    totals.add({ venue: 'binance' }, values(['venueSilenceMs', 250]));
    expect(lines()).toContain('millrace_venue_silence_seconds{venue="binance"} 0.25');
    nowMs += 120_001;
    expect(totals.read().series).toEqual([]);
  });

  it('keeps a bound on what it tells apart, and counts what finds no room', () => {
    for (let i = 0; i < 2500; i++) totals.add({ venue: `venue-${i}` }, values(['tradesStored', 1]));
    totals.add({ venue: 'venue-0' }, values(['tradesStored', 1]));
    const { series, refused } = totals.read();
    expect({ series: series.length, refused }).toEqual({ series: 2000, refused: 500 });
    expect(series[0]).toMatchObject({ labels: { venue: 'venue-0' }, value: 2 });
  });
});
