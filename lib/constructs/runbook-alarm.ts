import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Each is a file `docs/runbooks/<name>.md`. */
export type Runbook =
  | 'stream-lag'
  | 'stream-failures'
  | 'dead-letters'
  | 'queue-age'
  | 'function-errors'
  | 'function-throttles'
  | 'backtest-run-failed'
  | 'rest-server-errors'
  | 'release-taken-back'
  | 'feed-silent';

export interface RunbookAlarmProps {
  readonly runbook: Runbook;
  /** What is wrong, of which thing, in words. */
  readonly what: string;
  readonly metric: IMetric;
  /** It alarms at this value and above. */
  readonly threshold: number;
  /** Periods of the metric in a row. Default: 1. */
  readonly periods?: number;
  /** It alarms below the threshold, and when there is no figure at all. Default: false. */
  readonly below?: boolean;
  /** Without figures it stays as it is. Default: false, they are taken to be good. */
  readonly lasting?: boolean;
  readonly topicArn: string;
}

/** An alarm that tells whoever it wakes what to read. */
export class RunbookAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    super(scope, id);
    const below = props.below ?? false;
    this.alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${props.what}. Runbook: docs/runbooks/${props.runbook}.md`,
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: withoutFigures(props),
    });
    // One import of the topic a stack, however many alarms it has.
    const stack = Stack.of(this);
    const topic =
      (stack.node.tryFindChild('AlarmTopic') as Topic | undefined) ??
      Topic.fromTopicArn(stack, 'AlarmTopic', props.topicArn);
    this.alarm.addAlarmAction(new SnsAction(topic));
    this.alarm.addOkAction(new SnsAction(topic));
  }
}

function withoutFigures({ below = false, lasting = false }: RunbookAlarmProps): TreatMissingData {
  if (below) return TreatMissingData.BREACHING;
  return lasting ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
}
