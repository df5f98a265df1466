import { METRIC_DIMENSIONS, METRICS, type MetricName } from '../contracts/metrics.ts';
import type { Histogram, MetricSeries, ProcessMetrics } from '../ports/process-metrics.ts';
import type { MetricValues } from './embedded-metrics.ts';

/** Whose figures they are: a metric takes of it what its scope says. */
export interface MetricSource {
  readonly function?: string;
  readonly venue?: string | undefined;
}

/** Functions and venues are few; what makes more of them than this is a fault. */
const MAX_SERIES = 2000;
/** A gauge that nobody has set for longer says nothing any more: whoever listened to a venue may have ended. */
const GAUGE_LASTS_MS = 120_000;
/** Upper bounds of a distribution, in its unit: from a fast machine's few milliseconds to a minute. */
const BOUNDS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;

interface Series {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a count the sum, of a gauge its last value, of a distribution the sum of its values. */
  value: number;
  setAtMs: number;
  /** Of a distribution: values at most each bound and above the one before; the last has what is above all. */
  readonly counts: number[];
}

/**
 * What this process has counted since its start, as Prometheus wants it. CloudWatch adds up what log lines say; whoever
 * scrapes a process asks for the sum itself.
 */
export class MetricTotals implements ProcessMetrics {
  readonly #series = new Map<string, Series>();
  readonly #nowMs: () => number;
  #refused = 0;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  add(source: MetricSource, values: MetricValues): void {
    for (const [metric, value] of values) {
      const series = this.#seriesOf(metric, source);
      if (series === null) this.#refused++;
      else this.#addTo(series, value);
    }
  }

  read(): { readonly series: readonly MetricSeries[]; readonly refused: number } {
    const oldest = this.#nowMs() - GAUGE_LASTS_MS;
    const series = [...this.#series.values()]
      .filter(({ metric, setAtMs }) => METRICS[metric].kind !== 'gauge' || setAtMs >= oldest)
      .map(({ metric, labels, ...figures }) => ({ metric, labels, value: valueOf(metric, figures) }));
    return { series, refused: this.#refused };
  }

  /** null: there is no room for another. */
  #seriesOf(metric: MetricName, source: MetricSource): Series | null {
    const labels = Object.fromEntries(
      METRIC_DIMENSIONS[METRICS[metric].per].flatMap((dimension) => {
        // The stage is what was scraped, which whoever scrapes knows.
        return dimension === 'stage' ? [] : [[dimension, source[dimension as keyof MetricSource] ?? '']];
      }),
    );
    const key = `${metric} ${Object.values(labels).join(' ')}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= MAX_SERIES) return null;
    const counts = new Array<number>(BOUNDS.length + 1).fill(0);
    const series: Series = { metric, labels, value: 0, setAtMs: 0, counts };
    this.#series.set(key, series);
    return series;
  }

  #addTo(series: Series, value: number | readonly number[]): void {
    series.setAtMs = this.#nowMs();
    if (typeof value !== 'number') {
      for (const one of value) {
        const bound = BOUNDS.findIndex((atMost) => one <= atMost);
        series.counts[bound === -1 ? BOUNDS.length : bound]!++;
        series.value += one;
      }
    } else if (METRICS[series.metric].kind === 'gauge') series.value = value;
    else series.value += value;
  }
}

function valueOf(
  metric: MetricName,
  { value, counts }: Pick<Series, 'value' | 'counts'>,
): number | Histogram {
  if (METRICS[metric].kind !== 'distribution') return value;
  let count = 0;
  const buckets = BOUNDS.map((atMost, i) => ({ atMost, count: (count += counts[i]!) }));
  return { buckets, count: count + counts[BOUNDS.length]!, sum: value };
}

/** Of everything that runs in this process. */
export const processTotals = new MetricTotals();
