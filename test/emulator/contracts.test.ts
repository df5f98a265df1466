/** The AWS adapters under the contract suites that the embedded adapters keep too, over the stateful stack alone. */
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { deployPlatform } from '../../scripts/emulator/deploy.ts';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import { DynamoStateStore } from '../../shared/adapters/aws/dynamo-state-store.ts';
import {
  deadLetterQueueVariable,
  parseEnvironment,
  type Environment,
} from '../../shared/adapters/aws/environment.ts';
import { EventBridgeBus } from '../../shared/adapters/aws/event-bridge-bus.ts';
import { KinesisStreamWriter } from '../../shared/adapters/aws/kinesis-stream-writer.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { SqsDeadLetters } from '../../shared/adapters/aws/sqs-dead-letters.ts';
import { SqsQueueSender } from '../../shared/adapters/aws/sqs-queue-sender.ts';
import { describeEventBus } from '../contracts/suites/event-bus.ts';
import { eventually } from '../contracts/suites/eventually.ts';
import { describeObjectStore } from '../contracts/suites/object-store.ts';
import { describeQueueSender } from '../contracts/suites/queue-sender.ts';
import { describeStateStore } from '../contracts/suites/state-store.ts';
import { describeStreamWriter } from '../contracts/suites/stream-writer.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';
import { busReceiver, queueReceiver, streamReceiver } from './receivers.ts';

let emulator: EmulatorUnderTest;
let environment: Environment;

beforeAll(async () => {
  emulator = await openEmulator();
  const deployment = await deployPlatform({
    endpoint: emulator.endpoint,
    stacks: 'stateful',
    clickHouse: { url: 'http://127.0.0.1:1' },
    issuer: { issuer: 'none', audience: 'none', keys: { keys: [] } },
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  environment = parseEnvironment(deployment.variables, []);
});

afterAll(async () => emulator.close());

const nothingToClose = async (): Promise<void> => {};

describeStateStore('DynamoStateStore', async () => ({
  store: new DynamoStateStore(environment),
  close: nothingToClose,
}));

describeObjectStore('S3ObjectStore', async () => ({
  objects: new S3ObjectStore(environment),
  close: nothingToClose,
}));

describeStreamWriter('KinesisStreamWriter', async () => ({
  streams: new KinesisStreamWriter(environment),
  received: streamReceiver(environment),
  close: nothingToClose,
}));

describeQueueSender('SqsQueueSender', async () => ({
  queues: new SqsQueueSender(environment),
  receive: queueReceiver(environment),
  close: nothingToClose,
}));

describeEventBus('EventBridgeBus', async () => ({
  bus: new EventBridgeBus(environment),
  received: await busReceiver(environment),
  close: nothingToClose,
}));

describe('SqsDeadLetters', () => {
  it('counts what was given up, and puts it back into its queue once', async () => {
    const letters = new SqsDeadLetters(environment);
    const client = new SQSClient(clientOptions(environment));
    const body = `{"order":"${randomUUID()}"}`;
    const message = { MessageBody: body, MessageGroupId: 'strategy', MessageDeduplicationId: randomUUID() };
    await client.send(
      new SendMessageCommand({
        QueueUrl: environment.text(deadLetterQueueVariable('orders-urgent')),
        ...message,
      }),
    );
    expect(await letters.count('orders-urgent')).toBe(1);
    await letters.redrive('orders-urgent');
    expect(await letters.count('orders-urgent')).toBe(0);
    await eventually(
      () => queueReceiver(environment)('orders-urgent'),
      (messages) => expect(messages).toMatchObject([{ body, groupId: 'strategy' }]),
    );
  });
});
