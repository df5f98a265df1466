import { Fn } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface EventQueueProps {
  readonly function: MillraceFunction;
}

const READ_QUEUE = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

/** Where the events of one function wait for it, one at a time. The queue is the stateful stack's. */
export class EventQueue extends Construct {
  readonly queue: IQueue;
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: EventQueueProps) {
    super(scope, id);
    const { function: called } = props;
    const { platform } = called;
    const queueArn = platform.eventQueueArn(called.name);
    this.queue = Queue.fromQueueArn(this, 'Queue', queueArn);
    called.permit({ actions: READ_QUEUE, resources: [queueArn] });
    const reserved = platform.stage.reservedConcurrency[called.name];
    this.mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: called.function.functionName,
      eventSourceArn: queueArn,
      // Each event has the function's whole time: one that hangs takes no other with it.
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...(reserved === undefined ? {} : { scalingConfig: { maximumConcurrency: reserved } }),
    });
    this.mapping.node.addDependency(called.policy);
    new RunbookAlarm(this, 'AgeAlarm', {
      metric: SERVICE_METRICS.eventQueueAge,
      dimensions: { QueueName: Fn.select(5, Fn.split(':', queueArn)) },
      names: { function: called.name },
      topicArn: platform.alarmTopicArn,
    });
  }
}
