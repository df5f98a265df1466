import type { MetricName } from '../contracts/metrics.ts';

/** What a metric has come to for one function or venue. */
export interface MetricSeries {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a distribution, in the unit of the metric; else a number. */
  readonly value: number | Histogram;
}

export interface Histogram {
  /** How many values were at most so much, by ascending bound; all of them are `count`. */
  readonly buckets: readonly { readonly atMost: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

export interface ProcessMetrics {
  /** What this process has counted since its start; null: what is asked is not all of the platform, and nobody knows here. */
  read(): {
    readonly series: readonly MetricSeries[];
    /** Values that found no room among the series. */
    readonly refused: number;
  } | null;
}
