import { DynamoStateStore } from '../../../shared/adapters/aws/dynamo-state-store.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bridge-bus.ts';
import { SqsQueueSender } from '../../../shared/adapters/aws/sqs-queue-sender.ts';
import { systemClock } from '../../../shared/adapters/aws/system-clock.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('run-desk');

export const handler = createHandler({
  state: new DynamoStateStore(environment),
  bus: new EventBridgeBus(environment),
  queues: new SqsQueueSender(environment),
  clock: systemClock,
});
