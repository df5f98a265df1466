import { CfnEventSourceMapping, type CfnEventSourceMappingProps } from 'aws-cdk-lib/aws-lambda';
import { Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { QueueWorkerDefinition } from '../../shared/topology-schema.ts';
import { topology } from '../../shared/topology.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface QueueWorkerProps {
  readonly worker: QueueWorkerDefinition;
  readonly function: MillraceFunction;
}

const READ_QUEUE = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

/** One FIFO queue, one function. The queue and where its failures go are the stateful stack's. */
export class QueueWorker extends Construct {
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const { worker, function: working } = props;
    const { platform } = working;
    const queueArn = platform.queueArn(worker.queue);
    working.permit({ actions: READ_QUEUE, resources: [queueArn] });
    this.mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: working.function.functionName,
      eventSourceArn: queueArn,
      batchSize: worker.batchSize,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...scaling(working),
    });
    this.mapping.node.addDependency(working.policy);
    new RunbookAlarm(this, 'AgeAlarm', {
      metric: SERVICE_METRICS.queueAge,
      dimensions: { QueueName: Fn.select(5, Fn.split(':', queueArn)) },
      names: { queue: worker.queue },
      topicArn: platform.alarmTopicArn,
    });
  }
}

/** The least that Lambda takes. */
const MIN_CONCURRENCY = 2;

/**
 * A worker with a reserved concurrency is called no more often at once than that. A call beyond it would be refused,
 * each refusal counts as a delivery, and after a few of them a message that nobody has looked at is a dead letter.
 */
function scaling({ name, platform }: MillraceFunction): Pick<CfnEventSourceMappingProps, 'scalingConfig'> {
  const reserved = platform.stage.reservedConcurrency[name];
  if (reserved === undefined) return {};
  const queues = topology.queueWorkers.filter((worker) => worker.function === name).length;
  const maximumConcurrency = Math.floor(reserved / queues);
  if (maximumConcurrency < MIN_CONCURRENCY) {
    throw new Error(`${name}: expected at least ${MIN_CONCURRENCY * queues} reserved for ${queues} queues`);
  }
  return { scalingConfig: { maximumConcurrency } };
}
