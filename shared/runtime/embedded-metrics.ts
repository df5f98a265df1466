import { METRIC_NAMESPACE, METRICS, type MetricName } from '../contracts/metrics.ts';

/**
 * What makes a log line one of which CloudWatch makes metrics: the values, and where they are in it. Without values
 * nothing. The line has the dimension `function` beside them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(values: ReadonlyMap<MetricName, number>): object {
  if (values.size === 0) return {};
  const metrics = [...values.keys()].map((name) => ({ Name: name, Unit: METRICS[name].unit }));
  return {
    ...Object.fromEntries(values),
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['function']], Metrics: metrics }],
    },
  };
}
