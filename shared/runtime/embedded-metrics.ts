import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS, type MetricName } from '../contracts/metrics.ts';

/** A count or a gauge is a number, a distribution as many as were seen: CloudWatch takes a hundred of a line. */
export type MetricValues = ReadonlyMap<MetricName, number | readonly number[]>;

/**
 * What makes a log line one of which CloudWatch makes metrics: the values, and where they are in it. Without values
 * nothing. Of the metrics' dimensions the line has `function` and `venue` beside them, where they are asked for.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(values: MetricValues, nowMs = Date.now()): object {
  if (values.size === 0) return {};
  const scopes = Map.groupBy(values.keys(), (name) => METRICS[name].per);
  return {
    stage: process.env['MILLRACE_STAGE'] ?? 'embedded',
    ...Object.fromEntries(values),
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [...scopes].map(([per, names]) => ({
        Namespace: METRIC_NAMESPACE,
        Dimensions: [METRIC_DIMENSIONS[per]],
        Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name].unit })),
      })),
    },
  };
}
