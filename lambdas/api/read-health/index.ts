import { CloudWatchFunctionHealth } from '../../../shared/adapters/aws/cloud-watch-function-health.ts';
import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { SqsDeadLetters } from '../../../shared/adapters/aws/sqs-dead-letters.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('read-health');

export const handler = createHandler({
  functionHealth: new CloudWatchFunctionHealth(environment),
  // Each function is a process of its own here: what all of them count is in CloudWatch.
  metrics: { read: () => null },
  state: new DynamoStateStore(environment),
  deadLetters: new SqsDeadLetters(environment),
});
