import { embeddedMetrics, type MetricValues } from './embedded-metrics.ts';
import { processTotals, type MetricSource } from './metric-totals.ts';

/** Counts the values in this process. @returns what a log line has for CloudWatch to make the same metrics of. */
export function reportMetrics(
  source: MetricSource,
  values: MetricValues,
  nowMs = Date.now(),
): MetricSource & object {
  processTotals.add(source, values);
  const { venue, ...own } = source;
  return { ...own, ...(venue === undefined ? {} : { venue }), ...embeddedMetrics(values, nowMs) };
}
