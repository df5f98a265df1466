import { Names } from 'aws-cdk-lib';
import { CfnStreamConsumer } from 'aws-cdk-lib/aws-kinesis';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { StreamConsumerDefinition } from '../../shared/topology-schema.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { MillraceFunction } from './millrace-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { evidencePolicy } from './stage-log-group.ts';

export interface StreamConsumerProps {
  readonly consumer: StreamConsumerDefinition;
  readonly function: MillraceFunction;
}

const READ_STREAM = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];

/**
 * As many as Lambda takes. Handlers set poison aside, so what fails a whole batch is an outage, and Lambda may use up
 * ten attempts in seconds: how long one is waited for is what the age of the records says, and that has a bound.
 */
const MAX_RETRY_ATTEMPTS = 10_000;

/** One stream, one function, one queue for the batches that it gave up on, one alarm when it falls behind. */
export class StreamConsumer extends Construct {
  readonly failures: DeadLetterQueue;
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { consumer, function: consumed } = props;
    const { platform } = consumed;
    const names = { stream: consumer.stream, function: consumer.function };
    const streamArn = platform.streamArn(consumer.stream);
    this.failures = new DeadLetterQueue(this, 'Failures', {
      alarm: SERVICE_METRICS.streamFailures,
      names,
      removalPolicy: evidencePolicy(platform.stage),
      alarmTopicArn: platform.alarmTopicArn,
    });
    consumed.permit({ actions: READ_STREAM, resources: [streamArn] });
    consumed.permit({ actions: ['sqs:SendMessage'], resources: [this.failures.queue.queueArn] });
    this.mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: consumed.function.functionName,
      eventSourceArn: this.#sourceOf(consumer, consumed, streamArn),
      startingPosition: 'TRIM_HORIZON',
      batchSize: consumer.batchSize,
      maximumBatchingWindowInSeconds: consumer.maxBatchingWindowSeconds,
      // One batch a shard at a time: lanes keep their order, and a fold's state has one writer.
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: MAX_RETRY_ATTEMPTS,
      maximumRecordAgeInSeconds: consumer.maxRecordAgeSeconds,
      destinationConfig: { onFailure: { destination: this.failures.queue.queueArn } },
    });
    this.mapping.node.addDependency(consumed.policy);
    new RunbookAlarm(this, 'LagAlarm', {
      metric: SERVICE_METRICS.consumerLag,
      dimensions: { FunctionName: consumed.function.functionName },
      names,
      topicArn: platform.alarmTopicArn,
    });
  }

  /** The stream, or a pipe from it that no other reader shares. */
  #sourceOf(consumer: StreamConsumerDefinition, consumed: MillraceFunction, streamArn: string): string {
    if (consumer.latencyMatters !== true || !consumed.platform.stage.enhancedFanOut) return streamArn;
    const pipe = new CfnStreamConsumer(this, 'Pipe', {
      consumerName: Names.uniqueResourceName(this, { maxLength: 100 }),
      streamArn,
    });
    consumed.permit({ actions: ['kinesis:SubscribeToShard'], resources: [pipe.attrConsumerArn] });
    return pipe.attrConsumerArn;
  }
}
