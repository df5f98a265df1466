import { Names } from 'aws-cdk-lib';
import { CfnStreamConsumer } from 'aws-cdk-lib/aws-kinesis';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type { StreamConsumerDefinition } from '../../shared/topology-schema.ts';
import type { MillraceFunction } from './millrace-function.ts';
import type { Permission } from './permission.ts';
import type { PlatformReferences } from './platform-references.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

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
 * Without a bound of their own. Handlers set poison aside, so what fails a whole batch is an outage, and Lambda may use
 * up any number of attempts in it: how long one is waited for is what the age of the records says.
 */
const UNTIL_TOO_OLD = -1;

/**
 * One stream, one function, one alarm when it falls behind and one when it gives a batch up. The batch then lies in the
 * failures bucket with all its records: of the destinations that Lambda knows, S3 alone is given the payload.
 */
export class StreamConsumer extends Construct {
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { consumer, function: consumed } = props;
    const { platform } = consumed;
    const names = { stream: consumer.stream, function: consumer.function };
    const streamArn = platform.streamArn(consumer.stream);
    consumed.permit({ actions: READ_STREAM, resources: [streamArn] });
    for (const permission of keepFailures(platform)) consumed.permit(permission);
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
      maximumRetryAttempts: UNTIL_TOO_OLD,
      maximumRecordAgeInSeconds: consumer.maxRecordAgeSeconds,
      destinationConfig: { onFailure: { destination: platform.failuresBucketArn } },
      // Emulators know no such setting.
      ...(platform.stage.emulated ? {} : { metricsConfig: { metrics: ['EventCount'] } }),
    });
    this.mapping.node.addDependency(consumed.policy);
    new RunbookAlarm(this, 'FailuresAlarm', {
      metric: SERVICE_METRICS.streamFailures,
      dimensions: { EventSourceMappingUUID: this.mapping.ref },
      names,
      topicArn: platform.alarmTopicArn,
    });
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

/** Lambda writes as the function itself, below a key that begins so, and asks first whether the bucket is there. */
function keepFailures({ failuresBucketArn }: PlatformReferences): Permission[] {
  return [
    {
      actions: ['s3:PutObject'],
      resources: [`${failuresBucketArn}/aws/lambda/*`],
      wildcardReason: 'Lambda names the objects by mapping, shard and time.',
    },
    { actions: ['s3:ListBucket'], resources: [failuresBucketArn] },
  ];
}
