/**
 * What a one-process platform counts of its functions and queues in the place of AWS, which keeps such figures by itself
 * (service-metrics.ts). They are on `/metrics` beside the platform's own.
 */
import type { MetricUnit } from './metrics.ts';

export interface HealthMetricDefinition {
  readonly kind: 'count' | 'gauge';
  readonly per: 'function' | 'platform' | 'queue';
  readonly unit: MetricUnit;
  readonly help: string;
}

const definitions = {
  functionInvocations: {
    kind: 'count',
    per: 'function',
    unit: 'Count',
    help: 'Invocations of a function, repeated ones among them.',
  },
  functionErrors: {
    kind: 'count',
    per: 'function',
    unit: 'Count',
    help: 'Invocations of a function that failed; waiting for a store is no failure.',
  },
  functionDurationMsP99: {
    kind: 'gauge',
    per: 'function',
    unit: 'Milliseconds',
    help: 'What 99 in a hundred of the last 512 invocations of a function did not exceed.',
  },
  functionLagMs: {
    kind: 'gauge',
    per: 'function',
    unit: 'Milliseconds',
    help: 'Age of the oldest record that waits for a function; none is 0.',
  },
  functionsWaiting: {
    kind: 'gauge',
    per: 'platform',
    unit: 'Count',
    help: 'Functions, queues and collectors that wait for a store that cannot be reached.',
  },
  itemsGivenUp: {
    kind: 'gauge',
    per: 'platform',
    unit: 'Count',
    help: 'Records, events and messages that were given up and not sent again.',
  },
  deadLetters: {
    kind: 'gauge',
    per: 'queue',
    unit: 'Count',
    help: 'Messages of a queue that could not be processed and wait.',
  },
} as const satisfies Readonly<Record<string, HealthMetricDefinition>>;

export type HealthMetricName = keyof typeof definitions;

export const HEALTH_METRICS: Readonly<Record<HealthMetricName, HealthMetricDefinition>> = definitions;
