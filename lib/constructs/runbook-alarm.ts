import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarm as AlarmDefinition } from '../../shared/contracts/metrics.ts';

export interface RunbookAlarmProps {
  /** A metric of the registry. */
  readonly metric: {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: readonly string[];
    readonly alarm: AlarmDefinition;
  };
  /** A value for each of the metric's dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** What it watches, in the platform's own names, for its description. Default: none. */
  readonly names?: Readonly<Record<string, string>>;
  readonly topicArn: string;
}

const MISSING_DATA: Readonly<Record<AlarmDefinition['missingData'], TreatMissingData>> = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
  ignore: TreatMissingData.IGNORE,
};
const COMPARISON: Readonly<Record<AlarmDefinition['bad'], ComparisonOperator>> = {
  atLeast: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

/** An alarm as the registry of metrics defines it, which tells whoever it wakes what to read. */
export class RunbookAlarm extends Construct {
  readonly alarm: Alarm;

  /** @throws Error when a dimension of the metric, or a name in its description, is missing. */
  constructor(scope: Construct, id: string, { metric, dimensions, names = {}, topicArn }: RunbookAlarmProps) {
    super(scope, id);
    const { namespace, metricName, alarm } = metric;
    this.alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${describeAlarm(alarm.what, names)}. Runbook: docs/runbooks/${alarm.runbook}.md`,
      metric: new Metric({
        namespace,
        metricName,
        dimensionsMap: Object.fromEntries(
          metric.dimensions.map((name) => [name, valueOf(dimensions, name, metricName)]),
        ),
        statistic: alarm.statistic,
        period: Duration.seconds(alarm.periodSeconds),
      }),
      threshold: alarm.threshold,
      evaluationPeriods: alarm.periods,
      comparisonOperator: COMPARISON[alarm.bad],
      treatMissingData: MISSING_DATA[alarm.missingData],
    });
    // One import of the topic a stack, however many alarms it has.
    const stack = Stack.of(this);
    const topic =
      (stack.node.tryFindChild('AlarmTopic') as Topic | undefined) ??
      Topic.fromTopicArn(stack, 'AlarmTopic', topicArn);
    this.alarm.addAlarmAction(new SnsAction(topic));
    this.alarm.addOkAction(new SnsAction(topic));
  }
}

/** What is wrong, with what it is wrong with. @throws Error when a name is missing */
export function describeAlarm(what: string, names: Readonly<Record<string, string>>): string {
  return what.replaceAll(/<([a-z ]+)>/g, (_, name: string) => valueOf(names, name, what));
}

function valueOf(values: Readonly<Record<string, string>>, name: string, where: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`alarm on ${where}: no value for ${name}`);
  return value;
}
