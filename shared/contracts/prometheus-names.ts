/** What a metric is called at `/metrics`: https://prometheus.io/docs/practices/naming/. */
import type { HealthMetricDefinition } from './health-metrics.ts';
import type { MetricDefinition, MetricUnit } from './metrics.ts';

export type PrometheusType = 'counter' | 'gauge' | 'histogram';

export interface PrometheusMetric {
  readonly name: string;
  readonly type: PrometheusType;
  readonly help: string;
  /** What a value is multiplied by: Prometheus has seconds, bytes and ratios. */
  readonly scale: number;
}

type Definition = Pick<MetricDefinition | HealthMetricDefinition, 'kind' | 'unit' | 'help'>;

const TYPE_OF = { count: 'counter', gauge: 'gauge', distribution: 'histogram' } as const;

/** The unit as our names end in it, as Prometheus' do, and what turns one into the other. */
const BASE_UNITS: Readonly<
  Record<MetricUnit, { readonly ours: string; readonly base: string; readonly scale: number }>
> = {
  Count: { ours: '', base: '', scale: 1 },
  Milliseconds: { ours: 'Ms', base: '_seconds', scale: 0.001 },
  Seconds: { ours: 'Seconds', base: '_seconds', scale: 1 },
  Megabytes: { ours: 'Mb', base: '_bytes', scale: 1_000_000 },
  Percent: { ours: 'Percent', base: '_ratio', scale: 0.01 },
};

/** `tradesStored` → `millrace_trades_stored_total`, `venueSilenceMs` → `millrace_venue_silence_seconds`. */
export function prometheusMetric(name: string, { kind, unit, help }: Definition): PrometheusMetric {
  const { ours, base, scale } = BASE_UNITS[unit];
  const [, stem = name, percentile = ''] = new RegExp(`^(.*?)${ours}(P\\d+)?$`).exec(name) ?? [];
  const words = `${stem}${percentile}`.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const type = TYPE_OF[kind];
  const suffix = type === 'counter' ? '_total' : '';
  return { name: `millrace_${words}${base}${suffix}`, type, help, scale };
}
