import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { SqsQueueSender } from '../../../shared/adapters/aws/sqs-queue-sender.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('match-orders');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  queues: new SqsQueueSender(environment),
});
