import { CfnOutput, CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueDefinition, StreamDefinition } from '../../shared/topology-schema.ts';
import { topology } from '../../shared/topology.ts';
import { NO_FILE } from '../../shared/adapters/aws/environment.ts';
import type { Stage } from '../config/stage.ts';
import { Archive } from '../constructs/archive.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { parameterNames, publish } from '../constructs/parameter-names.ts';
import { acknowledge } from '../constructs/permission.ts';
import { MillraceStack } from './millrace-stack.ts';

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
    this.#addArchive();
    this.#addEventBus();
    this.#addClickHouse();
  }

  #publish(name: string, value: string): void {
    publish(this, this.stage, name, value);
  }

  #addAlarmTopic(): string {
    const topic = new Topic(this, 'Alarms', {
      displayName: `Millrace ${this.stage.name} alarms`,
      enforceSSL: true,
    });
    // With a policy of its own, for TLS, a topic loses the one that let the account's alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
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
      indexName: 'byIndex',
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    table.node.addMetadata('description', description);
    this.#publish(parameterNames.table(name), table.tableName);
  }

  #addQueue(name: string, definition: QueueDefinition): void {
    const deadLetters = new DeadLetterQueue(this, `DeadLetters-${name}`, {
      what: `A message of the queue ${name}`,
      runbook: 'dead-letters',
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
      // On AWS the functions are in no network of ours: the password would cross the internet in the clear.
      allowedPattern: this.stage.emulated ? '^https?://.+' : '^https://.+',
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
    const file = new CfnParameter(this, 'ClickHouseSecretFile', {
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
