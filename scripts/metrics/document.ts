/** What docs/METRICS.md says, made of the registry. */
import { HEALTH_METRICS } from '../../shared/contracts/health-metrics.ts';
import { METRIC_NAMESPACE, METRICS, type Alarm } from '../../shared/contracts/metrics.ts';
import { prometheusMetric } from '../../shared/contracts/prometheus-names.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';

const INTRODUCTION = `# Metrics and alarms

Written by \`npm run docs:metrics\` from \`shared/contracts/metrics.ts\` and \`shared/contracts/service-metrics.ts\`, which are
also what the functions count by and what the stacks make their alarms of. Each alarm names the runbook that says what to
do; a name in angle brackets stands for what the alarm is about, each of which has an alarm of its own.`;

const MISSING_DATA: Readonly<Record<Alarm['missingData'], string>> = {
  breaching: 'alarms',
  notBreaching: 'is well',
  ignore: 'changes nothing',
};

export function metricsDocument(): string {
  const own = Object.entries(METRICS).map(([name, metric]) => ({
    name: `\`${name}\``,
    scraped: prometheusMetric(name, metric),
    ...metric,
  }));
  const services = Object.values(SERVICE_METRICS).map((metric) => ({
    name: `\`${metric.namespace}\` \`${metric.metricName}\``,
    ...metric,
  }));
  const alarmed = [...own, ...services].flatMap(({ name, alarm }) =>
    alarm === null ? [] : [{ name, alarm }],
  );
  return [
    INTRODUCTION,
    `## Alarms`,
    table(
      ['alarm', 'metric', 'when', 'without figures it', 'runbook'],
      alarmed.map(({ name, alarm }) => [
        alarm.what,
        name,
        condition(alarm),
        MISSING_DATA[alarm.missingData],
        `[${alarm.runbook}](runbooks/${alarm.runbook}.md)`,
      ]),
    ),
    `## The platform’s own`,
    `On AWS in CloudWatch, in the namespace \`${METRIC_NAMESPACE}\`; of a one-process platform at \`/metrics\`, for Prometheus.`,
    table(
      ['metric', 'unit', 'for Prometheus', 'kind', 'of each', 'what it is'],
      own.map(({ name, unit, help, scraped, per }) => [
        name,
        unit,
        `\`${scraped.name}\``,
        scraped.type,
        per,
        help,
      ]),
    ),
    `## Of functions and queues, for Prometheus`,
    `What AWS counts by itself a one-process platform counts in its place.`,
    table(
      ['for Prometheus', 'kind', 'of each', 'what it is'],
      Object.entries(HEALTH_METRICS).map(([name, { per, help, ...metric }]) => {
        const scraped = prometheusMetric(name, { ...metric, help });
        return [`\`${scraped.name}\``, scraped.type, per, help];
      }),
    ),
    `## Of AWS`,
    table(
      ['metric', 'unit', 'what it is'],
      distinct(services.map(({ name, unit, help }) => [name, unit, help])),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function condition({ statistic, bad, threshold, periodSeconds, periods }: Alarm): string {
  const sign = bad === 'atLeast' ? '≥' : '<';
  const row = periods === 1 ? '' : `, ${periods} times in a row`;
  return `${statistic} of ${periodSeconds} s ${sign} ${threshold}${row}`;
}

/** Alarms on different things may watch one and the same metric. */
function distinct(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(rows.map((row) => [row.join('|'), row])).values()];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('<', '\\<')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
