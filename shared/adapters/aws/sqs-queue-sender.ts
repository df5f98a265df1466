import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  MAX_MESSAGE_BYTES,
  MAX_MESSAGES_A_CALL,
  type QueueMessage,
  type QueueSender,
} from '../../ports/queue-sender.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import type { QueueName } from '../../topology.ts';
import { inBatches, inRounds, sendUntilAccepted, type Refused, type Sleep } from './batching.ts';
import { clientOptions } from './client-options.ts';
import { queueVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

export class SqsQueueSender implements QueueSender {
  readonly #environment: Environment;
  readonly #client: SQSClient;
  readonly #sleep: Sleep | undefined;

  constructor(environment: Environment, client = new SQSClient(clientOptions(environment)), sleep?: Sleep) {
    this.#environment = environment;
    this.#client = client;
    this.#sleep = sleep;
  }

  /** SQS accepts the messages of a batch one by one: two of one group travel in different batches, to keep their order. */
  async send(queue: QueueName, messages: readonly QueueMessage[]): Promise<void> {
    refuseImpossible(messages);
    const queueUrl = this.#environment.text(queueVariable(queue));
    const limits = { maxItems: MAX_MESSAGES_A_CALL, maxBytes: MAX_MESSAGE_BYTES };
    for (const round of inRounds(messages, (message) => message.groupId)) {
      for (const batch of inBatches(round, bytesOf, limits)) {
        await reaching(
          'SQS',
          sendUntilAccepted(batch, (part) => this.#send(queueUrl, part), this.#sleep),
        );
      }
    }
  }

  async #send(
    queueUrl: string,
    messages: readonly QueueMessage[],
  ): Promise<readonly Refused<QueueMessage>[]> {
    const response = await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ body, groupId, deduplicationId }, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
        })),
      }),
    );
    const accepted = new Set(response.Successful?.map(({ Id }) => Id));
    const causes = new Map(
      response.Failed?.map(({ Id, Code, Message }) => [Id, `${Code} ${Message ?? ''}`.trim()]),
    );
    return messages.flatMap((item, index) => {
      const id = String(index);
      return accepted.has(id) ? [] : [{ item, cause: causes.get(id) ?? 'NoAnswer' }];
    });
  }
}

function bytesOf(message: QueueMessage): number {
  return Buffer.byteLength(message.body);
}

/** What SQS takes as a group or deduplication id. */
const ID = /^[!-~]{1,128}$/;

function refuseImpossible(messages: readonly QueueMessage[]): void {
  if (messages.length > MAX_MESSAGES_A_CALL) {
    throw new LimitExceeded(`${messages.length} messages in one call, at most ${MAX_MESSAGES_A_CALL}`);
  }
  for (const { groupId, deduplicationId } of messages) {
    if (!ID.test(groupId) || !ID.test(deduplicationId)) {
      throw new LimitExceeded('a group or deduplication id: expected 1 to 128 printable ASCII characters');
    }
  }
  const largest = Math.max(0, ...messages.map(bytesOf));
  if (largest > MAX_MESSAGE_BYTES) {
    throw new LimitExceeded(`a message of ${largest} bytes, at most ${MAX_MESSAGE_BYTES}`);
  }
}
