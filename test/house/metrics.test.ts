/** The registry of metrics, and what must agree with it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { metricsDocument } from '../../scripts/metrics/document.ts';
import { HEALTH_METRICS } from '../../shared/contracts/health-metrics.ts';
import { METRICS } from '../../shared/contracts/metrics.ts';
import { prometheusMetric } from '../../shared/contracts/prometheus-names.ts';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const all = [...Object.entries(METRICS), ...Object.entries(SERVICE_METRICS)];

describe('the registry of metrics', () => {
  it('is what docs/METRICS.md says; npm run docs:metrics writes it anew', () => {
    expect(readFileSync(join(DOCS, 'METRICS.md'), 'utf8')).toBe(metricsDocument());
  });

  it('has a runbook for every alarm, and tells in a sentence what each metric is', () => {
    for (const [name, { help, alarm }] of all) {
      expect({ name, help }).toEqual({ name, help: expect.stringMatching(/^[A-Z].*\.$/) });
      const runbook = alarm === null || existsSync(join(DOCS, 'runbooks', `${alarm.runbook}.md`));
      expect({ name, runbook }).toEqual({ name, runbook: true });
    }
  });

  it('is named for what it counts, with the unit last where it measures', () => {
    const suffix = { Count: '', Milliseconds: 'Ms', Seconds: 'Seconds', Megabytes: 'Mb', Percent: 'Percent' };
    for (const [name, { unit }] of [...Object.entries(METRICS), ...Object.entries(HEALTH_METRICS)]) {
      expect(name).toMatch(new RegExp(`^[a-z][A-Za-z0-9]*${suffix[unit]}(P\\d+)?$`));
    }
  });

  it('has a name of its own for Prometheus each, with the base unit last, and _total where it only grows', () => {
    const both = [...Object.entries(METRICS), ...Object.entries(HEALTH_METRICS)];
    const names = both.map(([name, metric]) => prometheusMetric(name, metric));
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    for (const { name, type } of names) {
      expect(name).toMatch(/^millrace_[a-z][a-z0-9_]*$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/milli|_ms(_|$)/);
    }
  });
});
