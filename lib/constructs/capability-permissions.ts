/** What each capability of the topology means in IAM. Whoever reads a role reads here why it has each of its lines. */
import { functionsOfEvents } from '../../shared/adapters/aws/stage-parameters.ts';
import { usesClickHouse, type Capabilities } from '../../shared/topology-schema.ts';
import { topology } from '../../shared/topology.ts';
import type { Permission } from './permission.ts';
import type { PlatformReferences } from './platform-references.ts';

const STATE_READ = ['dynamodb:GetItem', 'dynamodb:Query'];
/** A transaction needs the permission of each write that is in it. */
const STATE_WRITE = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];
const COUNT_MESSAGES = ['sqs:GetQueueAttributes'];
const TAKE_MESSAGES = ['sqs:ReceiveMessage', 'sqs:DeleteMessage'];
const LOOK_AT_MESSAGES = [...TAKE_MESSAGES, 'sqs:ChangeMessageVisibility'];

export function capabilityPermissions(
  capabilities: Capabilities,
  platform: PlatformReferences,
): Permission[] {
  const { append = [], publish, send = [], execute = [], functionHealth } = capabilities;
  return [
    ...statePermissions(capabilities, platform),
    ...append.map((stream) => ({ actions: ['kinesis:PutRecords'], resources: [platform.streamArn(stream)] })),
    ...(publish === undefined ? [] : [{ actions: ['events:PutEvents'], resources: [platform.eventBusArn] }]),
    ...send.map((queue) => ({ actions: ['sqs:SendMessage'], resources: [platform.queueArn(queue)] })),
    ...objectPermissions(capabilities, platform),
    ...execute.flatMap((machine) => executionPermissions(machine, platform)),
    ...(functionHealth === undefined ? [] : functionHealthPermissions(platform)),
    ...deadLetterPermissions(capabilities, platform),
    ...givenUpPermissions(capabilities, platform),
    ...clickHousePermissions(capabilities, platform),
  ];
}

function statePermissions({ state = {} }: Capabilities, platform: PlatformReferences): Permission[] {
  return Object.entries(state).flatMap(([table, mode]) => {
    const arn = platform.tableArn(table);
    const read = { actions: STATE_READ, resources: [arn, `${arn}/index/byIndex`] };
    return mode === 'write' ? [read, { actions: STATE_WRITE, resources: [arn] }] : [read];
  });
}

/** Listing is granted with reading: without it S3 answers "forbidden" for an object that is not there. */
function objectPermissions({ objects = {} }: Capabilities, platform: PlatformReferences): Permission[] {
  return Object.entries(objects).flatMap(([prefix, mode]) => [
    {
      actions: mode === 'write' ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'],
      resources: [`${platform.archiveBucketArn}/${prefix}*`],
      wildcardReason: `All objects below ${prefix} are the function's, and no other.`,
    },
    {
      actions: ['s3:ListBucket'],
      resources: [platform.archiveBucketArn],
      conditions: { StringLike: { 's3:prefix': `${prefix}*` } },
    },
  ]);
}

function executionPermissions(stateMachine: string, platform: PlatformReferences): Permission[] {
  return [
    { actions: ['states:StartExecution'], resources: [platform.stateMachineArn(stateMachine)] },
    {
      actions: ['states:DescribeExecution'],
      resources: [platform.executionArns(stateMachine)],
      wildcardReason:
        'Executions are named by the runs that users submit; all of this one state machine are meant.',
    },
  ];
}

function functionHealthPermissions(platform: PlatformReferences): Permission[] {
  return [
    {
      actions: ['cloudwatch:GetMetricData'],
      resources: ['*'],
      wildcardReason: 'CloudWatch knows no resource narrower than all metrics for reading them.',
    },
    { actions: ['ssm:GetParametersByPath'], resources: [platform.functionsPathArn] },
  ];
}

/** Sending back is taking from one queue and sending to the other. */
function deadLetterPermissions({ deadLetters }: Capabilities, platform: PlatformReferences): Permission[] {
  if (deadLetters === undefined) return [];
  return Object.keys(topology.queues).flatMap((queue) => {
    const count = { actions: COUNT_MESSAGES, resources: [platform.deadLetterQueueArn(queue)] };
    if (deadLetters === 'read') return [count];
    return [
      count,
      { actions: TAKE_MESSAGES, resources: [platform.deadLetterQueueArn(queue)] },
      { actions: ['sqs:SendMessage'], resources: [platform.queueArn(queue)] },
    ];
  });
}

/** Taking from where failures end, and sending the way that each came. */
function givenUpPermissions({ givenUp }: Capabilities, platform: PlatformReferences): Permission[] {
  if (givenUp === undefined) return [];
  const bucket = platform.failuresBucketArn;
  return [
    { actions: ['s3:ListBucket'], resources: [bucket] },
    {
      actions: ['s3:GetObject', 's3:DeleteObject'],
      resources: [`${bucket}/aws/lambda/*`],
      wildcardReason: 'Lambda names the objects by mapping, shard and time.',
    },
    {
      actions: ['s3:PutObject'],
      resources: [`${bucket}/redriven/*`],
      wildcardReason: 'They keep the names that Lambda gave them.',
    },
    { actions: ['ssm:GetParametersByPath'], resources: [platform.functionsPathArn] },
    { actions: ['events:PutEvents'], resources: [platform.eventBusArn] },
    ...Object.keys(topology.streams).map((stream) => ({
      actions: ['kinesis:PutRecords'],
      resources: [platform.streamArn(stream)],
    })),
    ...Object.keys(topology.queues).flatMap((queue) => [
      { actions: LOOK_AT_MESSAGES, resources: [platform.deadLetterQueueArn(queue)] },
      { actions: ['sqs:SendMessage'], resources: [platform.queueArn(queue)] },
    ]),
    ...functionsOfEvents().map((name) => ({
      actions: LOOK_AT_MESSAGES,
      resources: [platform.failedEventsArn(name)],
    })),
  ];
}

function clickHousePermissions(capabilities: Capabilities, platform: PlatformReferences): Permission[] {
  if (!usesClickHouse(capabilities) || platform.stage.emulated) return [];
  return [{ actions: ['secretsmanager:GetSecretValue'], resources: [platform.clickHouseSecretArn] }];
}
