import { HEALTH_METRICS, type HealthMetricName } from '../../../shared/contracts/health-metrics.ts';
import { METRICS } from '../../../shared/contracts/metrics.ts';
import { prometheusMetric } from '../../../shared/contracts/prometheus-names.ts';
import type { FunctionStatus } from '../../../shared/ports/function-health.ts';
import type { ProcessMetrics } from '../../../shared/ports/process-metrics.ts';
import { prometheusText, type PrometheusSample } from '../../../shared/runtime/prometheus-text.ts';

export interface Health {
  /** What could not be read is null, and has no sample. */
  readonly functions: readonly FunctionStatus[] | null;
  readonly deadLetters: Readonly<Record<string, number | null>>;
  readonly waiting: number | null;
  readonly givenUp: number | null;
}

const REFUSED = prometheusMetric('metricValuesRefused', {
  kind: 'count',
  unit: 'Count',
  help: 'Values of metrics that were not kept, because there are too many functions and venues to tell apart.',
});

/** Everything that the registry of metrics names, with what it has come to. */
export function metricsText(
  counted: NonNullable<ReturnType<ProcessMetrics['read']>>,
  { functions, deadLetters, waiting, givenUp }: Health,
): string {
  const own = counted.series.map(({ metric, labels, value }) => ({
    metric: prometheusMetric(metric, METRICS[metric]),
    labels,
    value,
  }));
  return prometheusText([
    ...own,
    { metric: REFUSED, labels: {}, value: counted.refused },
    ...(functions ?? []).flatMap(samplesOfFunction),
    ...sample('functionsWaiting', {}, waiting),
    ...sample('itemsGivenUp', {}, givenUp),
    ...Object.entries(deadLetters).flatMap(([queue, count]) => sample('deadLetters', { queue }, count)),
  ]);
}

function samplesOfFunction({
  name,
  invocations,
  errors,
  durationMsP99,
  lagMs,
}: FunctionStatus): PrometheusSample[] {
  const labels = { function: name };
  return [
    ...sample('functionInvocations', labels, invocations),
    ...sample('functionErrors', labels, errors),
    ...sample('functionDurationMsP99', labels, durationMsP99),
    ...sample('functionLagMs', labels, lagMs),
  ];
}

function sample(
  name: HealthMetricName,
  labels: Readonly<Record<string, string>>,
  value: number | null,
): PrometheusSample[] {
  return value === null ? [] : [{ metric: prometheusMetric(name, HEALTH_METRICS[name]), labels, value }];
}
