/**
 * What makes a log line of the collector one of which CloudWatch makes metrics, told apart by venue.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function venueMetrics(
  venue: string,
  counts: Readonly<Partial<Record<'tradesFetched' | 'tradesMissing', number>>>,
  nowMs: number,
): object {
  const metrics = Object.keys(counts).map((name) => ({ Name: name, Unit: 'Count' }));
  const directive = { Namespace: 'Millrace', Dimensions: [['venue']], Metrics: metrics };
  return { venue, ...counts, _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] } };
}
