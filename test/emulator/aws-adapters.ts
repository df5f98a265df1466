/** The AWS adapters under the contract suites that the embedded adapters keep too: one suite for every emulator. */
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { clientOptions } from '../../shared/adapters/aws/client-options.ts';
import { DynamoStateStore } from '../../shared/adapters/aws/dynamo-state-store.ts';
import { deadLetterQueueVariable, type Environment } from '../../shared/adapters/aws/environment.ts';
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
import { recordsAsGiven } from '../support/records-as-given.ts';
import { busReceiver, queueReceiver, streamReceiver } from './receivers.ts';

/** @param environmentOf what the functions of the deployment have, once it is there. */
export function describeAwsAdapters(environmentOf: () => Environment): void {
  const nothingToClose = async (): Promise<void> => {};

  describeStateStore('DynamoStateStore', async () => ({
    store: new DynamoStateStore(environmentOf(), undefined, undefined, recordsAsGiven),
    close: nothingToClose,
  }));

  describeObjectStore('S3ObjectStore', async () => ({
    objects: new S3ObjectStore(environmentOf()),
    close: nothingToClose,
  }));

  describeStreamWriter('KinesisStreamWriter', async () => ({
    streams: new KinesisStreamWriter(environmentOf()),
    received: streamReceiver(environmentOf()),
    close: nothingToClose,
  }));

  describeQueueSender('SqsQueueSender', async () => ({
    queues: new SqsQueueSender(environmentOf()),
    receive: queueReceiver(environmentOf()),
    close: nothingToClose,
  }));

  describeEventBus('EventBridgeBus', async () => ({
    bus: new EventBridgeBus(environmentOf()),
    received: await busReceiver(environmentOf()),
    close: nothingToClose,
  }));

  describe('SqsDeadLetters', () => {
    it('counts what was given up, and puts it back into its queue once', async () => {
      const letters = new SqsDeadLetters(environmentOf());
      const client = new SQSClient(clientOptions(environmentOf()));
      const body = `{"order":"${randomUUID()}"}`;
      const message = { MessageBody: body, MessageGroupId: 'strategy', MessageDeduplicationId: randomUUID() };
      await client.send(
        new SendMessageCommand({
          QueueUrl: environmentOf().text(deadLetterQueueVariable('orders-urgent')),
          ...message,
        }),
      );
      expect(await letters.count('orders-urgent')).toBe(1);
      await letters.redrive('orders-urgent');
      expect(await letters.count('orders-urgent')).toBe(0);
      await eventually(
        () => queueReceiver(environmentOf())('orders-urgent'),
        (messages) => expect(messages).toMatchObject([{ body, groupId: 'strategy' }]),
      );
    });
  });
}
