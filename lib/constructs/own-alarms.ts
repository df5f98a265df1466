import {
  METRIC_DIMENSIONS,
  METRIC_NAMESPACE,
  METRICS,
  type MetricScope,
} from '../../shared/contracts/metrics.ts';
import type { MillraceStack } from '../stacks/millrace-stack.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

/**
 * An alarm for each of the platform's own metrics of a scope that has one.
 * @param values of the scope's dimensions but the stage.
 */
export function addOwnAlarms(
  stack: MillraceStack,
  scope: Exclude<MetricScope, 'function'>,
  values: Readonly<Record<string, string>> = {},
): void {
  for (const [metricName, { per, alarm }] of Object.entries(METRICS)) {
    if (per !== scope || alarm === null) continue;
    new RunbookAlarm(stack, [metricName, ...Object.values(values)].join('-'), {
      metric: { namespace: METRIC_NAMESPACE, metricName, dimensions: METRIC_DIMENSIONS[scope], alarm },
      dimensions: { stage: stack.stage.name, ...values },
      names: values,
      topicArn: stack.platform.alarmTopicArn,
    });
  }
}
