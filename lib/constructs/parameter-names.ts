/** Names that cross stacks, as SSM parameters: whoever makes a thing publishes it, whoever uses it looks it up at deployment. */
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { stageParameterPath, stageParameters } from '../../shared/adapters/aws/stage-parameters.ts';
import type { Stage } from '../config/stage.ts';

/** Below the stage's path. */
export const parameterNames = {
  ...stageParameters,
  table: (table: string) => `tables/${table}`,
  queueArn: (queue: string) => `queues/${queue}/arn`,
  deadLetterQueueArn: (queue: string) => `queues/${queue}/dead-letters/arn`,
  archiveBucket: 'archive-bucket',
  alarmTopicArn: 'alarm-topic-arn',
  clickHouseUrl: 'clickhouse/url',
  clickHouseSecretFile: 'clickhouse/secret-file',
  clickHouseUser: 'clickhouse/user',
  clickHouseSecretArn: 'clickhouse/secret-arn',
  function: (name: string) => `functions/${name}`,
  stateMachineArn: (stateMachine: string) => `state-machines/${stateMachine}`,
  restUrl: 'rest-url',
  socketUrl: 'socket-url',
} as const;

export function stagePath(stage: Pick<Stage, 'name'>, name: string): string {
  return stageParameterPath(stage.name, name);
}

export function publish(scope: Construct, stage: Stage, name: string, value: string): void {
  new StringParameter(scope, `Parameter-${name.replaceAll('/', '-')}`, {
    parameterName: stagePath(stage, name),
    stringValue: value,
  });
}

/** A token that CloudFormation resolves when the stack is deployed. */
export function lookUp(scope: Construct, stage: Stage, name: string): string {
  return StringParameter.valueForStringParameter(scope, stagePath(stage, name));
}
