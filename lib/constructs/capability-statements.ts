/**
 * What a capability of the topology means in IAM: explicit actions on explicit resources. Whoever reads a role
 * reads here why it has each of them.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology } from '../../shared/topology.ts';
import type { PlatformReferences } from './platform-references.ts';

const STATE_READ = ['dynamodb:GetItem', 'dynamodb:Query'];
/** A transaction needs the permission of each write that is in it. */
const STATE_WRITE = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];
const DEAD_LETTERS = ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'];

export function capabilityStatements(capabilities: Capabilities, platform: PlatformReferences): PolicyStatement[] {
  return [
    ...stateStatements(capabilities, platform),
    ...(capabilities.append ?? []).map((stream) => allow(['kinesis:PutRecords'], [platform.streamArn(stream)])),
    ...(capabilities.publish === undefined ? [] : [allow(['events:PutEvents'], [platform.eventBusArn])]),
    ...(capabilities.send ?? []).map((queue) => allow(['sqs:SendMessage'], [platform.queueArn(queue)])),
    ...objectStatements(capabilities, platform),
    ...(capabilities.execute ?? []).flatMap((machine) => [
      allow(['states:StartExecution'], [platform.stateMachineArn(machine)]),
      allow(['states:DescribeExecution'], [platform.executionArns(machine)]),
    ]),
    ...(capabilities.functionHealth === undefined ? [] : functionHealthStatements(platform)),
    ...(capabilities.deadLetters === undefined ? [] : deadLetterStatements(platform)),
    ...clickHouseStatements(capabilities, platform),
  ];
}

export function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

function stateStatements({ state = {} }: Capabilities, platform: PlatformReferences): PolicyStatement[] {
  return Object.entries(state).flatMap(([table, mode]) => {
    const arn = platform.tableArn(table);
    return [
      allow(STATE_READ, [arn, `${arn}/index/byIndex`]),
      ...(mode === 'write' ? [allow(STATE_WRITE, [arn])] : []),
    ];
  });
}

/** Listing is granted with reading: without it S3 answers "forbidden" for an object that is not there. */
function objectStatements({ objects = {} }: Capabilities, platform: PlatformReferences): PolicyStatement[] {
  return Object.entries(objects).flatMap(([prefix, mode]) => {
    const keys = `${platform.archiveBucketArn}/${prefix}*`;
    const list = allow(['s3:ListBucket'], [platform.archiveBucketArn]);
    list.addCondition('StringLike', { 's3:prefix': `${prefix}*` });
    return [allow(mode === 'write' ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'], [keys]), list];
  });
}

function functionHealthStatements(platform: PlatformReferences): PolicyStatement[] {
  return [
    // CloudWatch offers nothing narrower for reading metrics.
    allow(['cloudwatch:GetMetricData'], ['*']),
    allow(['ssm:GetParametersByPath'], [platform.functionsPathArn]),
  ];
}

function deadLetterStatements(platform: PlatformReferences): PolicyStatement[] {
  return Object.keys(topology.queues).flatMap((queue) => [
    allow(DEAD_LETTERS, [platform.deadLetterQueueArn(queue)]),
    allow(['sqs:SendMessage'], [platform.queueArn(queue)]),
  ]);
}

function clickHouseStatements(capabilities: Capabilities, platform: PlatformReferences): PolicyStatement[] {
  const usesClickHouse = (capabilities.trades ?? capabilities.candles) !== undefined;
  if (!usesClickHouse || platform.stage.emulated) return [];
  return [allow(['secretsmanager:GetSecretValue'], [platform.clickHouseSecretArn])];
}
