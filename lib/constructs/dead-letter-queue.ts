import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './permission.ts';
import { RunbookAlarm, type RunbookAlarmProps } from './runbook-alarm.ts';

export interface DeadLetterQueueProps {
  /** What it says of what ends up here. */
  readonly alarm: RunbookAlarmProps['metric'];
  readonly names: Readonly<Record<string, string>>;
  /** Default: false. */
  readonly fifo?: boolean;
  /** Default: it goes with its stack. */
  readonly removalPolicy?: RemovalPolicy;
  readonly alarmTopicArn: string;
}

/** Where what could not be processed waits for a person: as long as SQS keeps it, with an alarm at the first message. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...(props.fifo === true ? { fifo: true } : {}),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.queue,
      'SQS3',
      'It is itself where failures end; an alarm says so at the first message.',
    );
    new RunbookAlarm(this, 'DepthAlarm', {
      metric: props.alarm,
      dimensions: { QueueName: this.queue.queueName },
      names: props.names,
      topicArn: props.alarmTopicArn,
    });
  }
}
