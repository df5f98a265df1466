/** Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/. */
import type { PrometheusMetric } from '../contracts/prometheus-names.ts';
import type { Histogram } from '../ports/process-metrics.ts';

export interface PrometheusSample {
  readonly metric: PrometheusMetric;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Histogram;
}

/** All samples of a metric stand together, below what it is: the format asks for that. */
export function prometheusText(samples: readonly PrometheusSample[]): string {
  const byName = Map.groupBy(samples, ({ metric }) => metric.name);
  const lines = [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, of]) => {
      const { help, type } = of[0]!.metric;
      return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...of.flatMap(samplesOf)];
    });
  return lines.map((line) => `${line}\n`).join('');
}

function samplesOf({ metric: { name, scale }, labels, value }: PrometheusSample): string[] {
  if (typeof value === 'number') return [`${name}${labelsText(labels)} ${scaled(value, scale)}`];
  const buckets = [
    ...value.buckets.map(({ atMost, count }) => ({ le: scaled(atMost, scale), count })),
    { le: '+Inf', count: value.count },
  ];
  return [
    ...buckets.map(({ le, count }) => `${name}_bucket${labelsText({ ...labels, le })} ${count}`),
    `${name}_sum${labelsText(labels)} ${scaled(value.sum, scale)}`,
    `${name}_count${labelsText(labels)} ${value.count}`,
  ];
}

/** 7 ms are 0.007 s, not 0.0070000000000000001: twelve digits are more than any clock here has. */
function scaled(value: number, scale: number): string {
  return String(Number((value * scale).toPrecision(12)));
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return escapeHelp(value).replaceAll('"', String.raw`\"`);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}
