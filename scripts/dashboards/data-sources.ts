/** What the panels ask, and whom: the ids are those of observability/grafana/provisioning/datasources. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { HEALTH_METRICS, type HealthMetricName } from '../../shared/contracts/health-metrics.ts';
import { METRICS, type MetricName } from '../../shared/contracts/metrics.ts';
import { prometheusMetric } from '../../shared/contracts/prometheus-names.ts';

export const CLICKHOUSE = { type: 'grafana-clickhouse-datasource', uid: 'millrace-clickhouse' };
export const PROMETHEUS = { type: 'prometheus', uid: 'millrace-prometheus' };

/** The plugin's release whose queries these are; Grafana brings older ones up to date by it. */
const CLICKHOUSE_PLUGIN = '4.20.0';
/** The plugin's number for each. */
const FORMATS = { timeseries: 0, table: 1 } as const;

/**
 * A query of the ClickHouse plugin, which has no builder of its own.
 * https://github.com/grafana/clickhouse-datasource#macros
 */
export function sql(text: string, format: keyof typeof FORMATS): Builder<Dataquery> {
  const query = {
    refId: 'A',
    datasource: CLICKHOUSE,
    editorType: 'sql',
    queryType: format,
    format: FORMATS[format],
    rawSql: text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n'),
    pluginVersion: CLICKHOUSE_PLUGIN,
  };
  return { build: () => ({ ...query, _implementsDataqueryVariant: () => {} }) };
}

/** @param legend such as `{{venue}}`: the label that tells the lines apart */
export function promql(expression: string, legend: string, refId = 'A'): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(PROMETHEUS)
    .expr(expression)
    .legendFormat(legend)
    .refId(refId)
    .range();
}

/** A metric by the name that the registry knows it by, so that a panel cannot ask for one that there is not. */
export function named(name: MetricName | HealthMetricName): string {
  const definition = name in METRICS ? METRICS[name as MetricName] : HEALTH_METRICS[name as HealthMetricName];
  return prometheusMetric(name, definition).name;
}

/** How often a second something was counted, by a label. */
export function rateOf(name: MetricName | HealthMetricName, by: string): string {
  return `sum by (${by}) (rate(${named(name)}[$__rate_interval]))`;
}
