import { CfnOutput, CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import type {
  EventQueueDefinition,
  QueueDefinition,
  StreamDefinition,
} from '../../shared/topology-schema.ts';
import { functionsOfEvents } from '../../shared/adapters/aws/stage-parameters.ts';
import { topology } from '../../shared/topology.ts';
import { NO_FILE } from '../../shared/adapters/aws/environment.ts';
import type { Stage } from '../config/stage.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { Archive } from '../constructs/archive.ts';
import { FailuresBucket } from '../constructs/failures-bucket.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { parameterNames, publish } from '../constructs/parameter-names.ts';
import { acknowledge } from '../constructs/permission.ts';
import { RunbookAlarm, type RunbookAlarmProps } from '../constructs/runbook-alarm.ts';
import { MillraceStack } from './millrace-stack.ts';

const INDEX_NAME = 'byIndex';

/** All that must outlive a deployment: streams, tables, queues, the archive, the bus, and where ClickHouse is. */
export class StatefulStack extends MillraceStack {
  readonly #removalPolicy: RemovalPolicy;
  readonly #alarmTopicArn: string;

  constructor(scope: Construct, stage: Stage) {
    super(scope, {
      stage,
      part: 'stateful',
      description: 'Millrace: streams, tables, queues, archive, event bus',
    });
    this.#removalPolicy = stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.#alarmTopicArn = this.#addAlarmTopic();
    for (const [name, definition] of Object.entries(topology.streams)) this.#addStream(name, definition);
    for (const [name, { description }] of Object.entries(topology.tables)) this.#addTable(name, description);
    for (const [name, definition] of Object.entries(topology.queues)) this.#addQueue(name, definition);
    for (const name of functionsOfEvents()) this.#addFailedEvents(name);
    this.#addArchive();
    this.#addFailures();
    this.#addEventBus();
    this.#addClickHouse();
  }

  #publish(name: string, value: string): void {
    publish(this, this.stage, name, value);
  }

  #alarm(id: string, watched: Omit<RunbookAlarmProps, 'topicArn'>): void {
    new RunbookAlarm(this, id, { ...watched, topicArn: this.#alarmTopicArn });
  }

  #addAlarmTopic(): string {
    const { topic } = new AlarmTopic(this, 'Alarms', {
      stage: this.stage,
      receivers: this.stage.alarmReceivers,
    });
    this.#publish(parameterNames.alarmTopicArn, topic.topicArn);
    new CfnOutput(this, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Subscribe to hear of alarms',
    });
    return topic.topicArn;
  }

  #addStream(name: string, definition: StreamDefinition): void {
    const stream = new Stream(this, `Stream-${name}`, {
      streamMode: StreamMode.PROVISIONED,
      shardCount: definition.shards[this.stage.name],
      retentionPeriod: Duration.hours(definition.retentionHours),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: this.#removalPolicy,
    });
    const watched = { dimensions: { StreamName: stream.streamName }, names: { stream: name } };
    this.#alarm(`Stream-${name}-WriteThrottles`, {
      metric: SERVICE_METRICS.streamWriteThrottles,
      ...watched,
    });
    this.#alarm(`Stream-${name}-ReadThrottles`, { metric: SERVICE_METRICS.streamReadThrottles, ...watched });
    this.#publish(parameterNames.stream(name), stream.streamName);
  }

  #addTable(name: string, description: string): void {
    const table = new Table(this, `Table-${name}`, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: this.stage.keepsData },
      deletionProtection: this.stage.keepsData,
      removalPolicy: this.#removalPolicy,
    });
    table.addGlobalSecondaryIndex({
      indexName: INDEX_NAME,
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    const watched = { dimensions: { TableName: table.tableName }, names: { table: name } };
    this.#alarm(`Table-${name}-ReadThrottles`, { metric: SERVICE_METRICS.tableReadThrottles, ...watched });
    this.#alarm(`Table-${name}-WriteThrottles`, { metric: SERVICE_METRICS.tableWriteThrottles, ...watched });
    this.#alarm(`Table-${name}-IndexThrottles`, {
      metric: SERVICE_METRICS.indexWriteThrottles,
      dimensions: { ...watched.dimensions, GlobalSecondaryIndexName: INDEX_NAME },
      names: { table: `${name} (${INDEX_NAME})` },
    });
    table.node.addMetadata('description', description);
    this.#publish(parameterNames.table(name), table.tableName);
  }

  #addQueue(name: string, definition: QueueDefinition): void {
    const deadLetters = new DeadLetterQueue(this, `DeadLetters-${name}`, {
      alarm: SERVICE_METRICS.deadLetters,
      names: { queue: name },
      fifo: true,
      removalPolicy: this.#removalPolicy,
      alarmTopicArn: this.#alarmTopicArn,
    });
    const queue = new Queue(this, `Queue-${name}`, {
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      visibilityTimeout: Duration.seconds(definition.visibilityTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: definition.maxReceives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: this.#removalPolicy,
    });
    this.#publish(parameterNames.queueUrl(name), queue.queueUrl);
    this.#publish(parameterNames.queueArn(name), queue.queueArn);
    this.#publish(parameterNames.deadLetterQueueUrl(name), deadLetters.queue.queueUrl);
    this.#publish(parameterNames.deadLetterQueueArn(name), deadLetters.queue.queueArn);
  }

  /** Kept here and not with the function: what waits for a person outlives a stack that is made anew. */
  #addFailedEvents(functionName: string): void {
    const { queue } = new DeadLetterQueue(this, `FailedEvents-${functionName}`, {
      alarm: SERVICE_METRICS.failedEvents,
      names: { function: functionName },
      removalPolicy: this.#removalPolicy,
      alarmTopicArn: this.#alarmTopicArn,
    });
    this.#letRulesSend(queue);
    this.#publish(parameterNames.failedEventsUrl(functionName), queue.queueUrl);
    this.#publish(parameterNames.failedEventsArn(functionName), queue.queueArn);
    const waits = topology.eventQueues.find((one) => one.function === functionName);
    if (waits !== undefined) this.#addEventQueue(waits, queue);
  }

  #addEventQueue(definition: EventQueueDefinition, failedEvents: Queue): void {
    const { function: functionName, visibilityTimeoutSeconds, maxReceives } = definition;
    const queue = new Queue(this, `Events-${functionName}`, {
      visibilityTimeout: Duration.seconds(visibilityTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: failedEvents, maxReceiveCount: maxReceives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: this.#removalPolicy,
    });
    this.#letRulesSend(queue);
    this.#publish(parameterNames.eventQueueArn(functionName), queue.queueArn);
  }

  /** The account's: the rules are in stacks that refer to this one, never the other way. */
  #letRulesSend(queue: Queue): void {
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
  }

  #addFailures(): void {
    const { bucket } = new FailuresBucket(this, 'Failures', { removalPolicy: this.#removalPolicy });
    this.#publish(parameterNames.failuresBucket, bucket.bucketName);
  }

  #addArchive(): void {
    const archive = new Archive(this, 'Archive', { stage: this.stage, removalPolicy: this.#removalPolicy });
    this.#publish(parameterNames.archiveBucket, archive.bucket.bucketName);
  }

  #addEventBus(): void {
    const bus = new EventBus(this, 'Bus', { description: `Millrace ${this.stage.name}` });
    this.#publish(parameterNames.eventBus, bus.eventBusName);
  }

  /** The server is not ours: whoever deploys says where it is, and puts the password of its user into the secret. */
  #addClickHouse(): void {
    const url = new CfnParameter(this, 'ClickHouseUrl', {
      description:
        'Address of the ClickHouse server, such as https://abc.eu-central-1.aws.clickhouse.cloud:8443',
      // On AWS the functions are in no network of ours: the password would cross the internet in the clear. It has no
      // place in the address either, which everybody may read who may see the stack.
      allowedPattern: this.stage.emulated ? '^https?://[^@]+$' : '^https://[^@]+$',
    });
    const user = new CfnParameter(this, 'ClickHouseUser', {
      description: 'ClickHouse user',
      default: 'default',
    });
    this.#publish(parameterNames.clickHouseUrl, url.valueAsString);
    this.#publish(parameterNames.clickHouseUser, user.valueAsString);
    if (this.stage.emulated) this.#addClickHouseSecretFile();
    else this.#addClickHousePassword();
  }

  /** Emulators believe anybody, so they are told where the secret of a server on this machine lies, and not the secret. */
  #addClickHouseSecretFile(): void {
    const file = new CfnParameter(this, 'ClickHouseAccessFile', {
      description: 'File that has the secret of an embedded ClickHouse server; none for any other server',
      default: NO_FILE,
    });
    this.#publish(parameterNames.clickHouseSecretFile, file.valueAsString);
  }

  #addClickHousePassword(): void {
    const secret = new Secret(this, 'ClickHousePassword', {
      description: 'Password of the ClickHouse user',
      generateSecretString: { excludePunctuation: true, passwordLength: 32 },
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(
      secret,
      'SMG4',
      'The password is the ClickHouse server’s, which no rotation of ours can change; see the runbook clickhouse-password.',
    );
    this.#publish(parameterNames.clickHouseSecretArn, secret.secretArn);
    new CfnOutput(this, 'ClickHouseSecretArn', {
      value: secret.secretArn,
      description: 'Give the ClickHouse user this password, or put its own in here',
    });
  }
}
