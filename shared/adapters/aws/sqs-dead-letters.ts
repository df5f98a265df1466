import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { GivenUp } from '../../ports/given-up.ts';
import { topology, type FunctionName, type QueueName } from '../../topology.ts';
import { inRounds } from './batching.ts';
import { clientOptions } from './client-options.ts';
import { deadLetterQueueVariable, queueVariable, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

const MAX_MESSAGES_A_CALL = 10;
/** A redrive ends even when the worker fails the messages again as fast as they come. */
const MAX_REDRIVEN = 10_000;

export class SqsDeadLetters implements DeadLetters {
  readonly #environment: Environment;
  readonly #client: SQSClient;

  constructor(environment: Environment, client = new SQSClient(clientOptions(environment))) {
    this.#environment = environment;
    this.#client = client;
  }

  async count(queue: QueueName): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#environment.text(deadLetterQueueVariable(queue)),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const response = await reaching('SQS', this.#client.send(command));
    const { ApproximateNumberOfMessages: visible = '0', ApproximateNumberOfMessagesNotVisible: taken = '0' } =
      response.Attributes ?? {};
    return Number(visible) + Number(taken);
  }

  /** A look at them: they are there again at once. @param worker whose they are. */
  async list(queue: QueueName, worker: FunctionName, limit: number): Promise<readonly GivenUp[]> {
    const QueueUrl = this.#environment.text(deadLetterQueueVariable(queue));
    const taken: Message[] = [];
    try {
      while (taken.length < limit) {
        const { Messages: messages = [] } = await this.#client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: Math.min(MAX_MESSAGES_A_CALL, limit - taken.length),
          }),
        );
        if (messages.length === 0) break;
        taken.push(...messages);
      }
      return taken.map((message) => letterOf(queue, worker, message));
    } finally {
      for (const { ReceiptHandle } of taken) {
        await this.#client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        );
      }
    }
  }

  /**
   * Moves message by message, each under a new deduplication id: under its old one, a message that failed within
   * the last five minutes would be accepted and dropped. A crash between the two steps leaves a message in both
   * queues, which is delivering twice.
   */
  async redrive(queue: QueueName): Promise<number> {
    return reaching('SQS', this.#redrive(queue));
  }

  async #redrive(queue: QueueName): Promise<number> {
    const from = this.#environment.text(deadLetterQueueVariable(queue));
    const to = this.#environment.text(queueVariable(queue));
    let moved = 0;
    while (moved < MAX_REDRIVEN) {
      const { Messages: messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: from,
          MaxNumberOfMessages: MAX_MESSAGES_A_CALL,
          MessageSystemAttributeNames: ['MessageGroupId', 'MessageDeduplicationId'],
        }),
      );
      if (messages.length === 0) break;
      for (const round of inRounds(messages, groupOf)) await this.#move(from, to, round);
      moved += messages.length;
    }
    return moved;
  }

  async #move(from: string, to: string, messages: readonly Message[]): Promise<void> {
    const sent = await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: to,
        Entries: messages.map((message, index) => ({
          Id: String(index),
          MessageBody: message.Body,
          MessageGroupId: groupOf(message),
          MessageDeduplicationId: `redriven-${message.MessageId}`,
        })),
      }),
    );
    const accepted = new Set(sent.Successful?.map(({ Id }) => Id));
    const entries = messages.flatMap(({ ReceiptHandle }, index) =>
      accepted.has(String(index)) ? [{ Id: String(index), ReceiptHandle }] : [],
    );
    if (entries.length > 0)
      await this.#client.send(new DeleteMessageBatchCommand({ QueueUrl: from, Entries: entries }));
    const refused = sent.Failed?.[0];
    if (refused !== undefined) throw new Error(`redrive: ${refused.Code} ${refused.Message ?? ''}`.trim());
  }
}

/** SQS says neither when it became a dead letter nor why: the log of the worker does. */
function letterOf(queue: QueueName, worker: FunctionName, message: Message): GivenUp {
  return {
    kind: 'message',
    function: worker,
    id: `${queue}/${message.MessageId}`,
    cause: null,
    attempts: topology.queues[queue].maxReceives,
    givenUpAtMs: null,
    content: contentOf(message.Body ?? ''),
  };
}

function contentOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function groupOf(message: Message): string {
  return message.Attributes?.MessageGroupId ?? '';
}
