import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { isDetailType, parseFailedEvent } from '../../contracts/failure-records.ts';
import type { BusEvent, EventBus } from '../../ports/event-bus.ts';
import type { GivenUp, Redriven } from '../../ports/given-up.ts';
import type { FunctionName } from '../../topology.ts';
import { clientOptions } from './client-options.ts';
import { failedEventsVariable, type Environment } from './environment.ts';
import { functionsOfEvents } from './stage-parameters.ts';

/** A redrive ends even when the function fails the events again as fast as they come. */
const MAX_EVENTS = 10_000;
/** Longer than a look at them takes. */
const HIDDEN_SECONDS = 30;

/** Events that a function failed to the end, or that the bus could not hand to it: a queue a function. */
export class SqsFailedEvents {
  readonly #environment: Environment;
  readonly #bus: EventBus;
  readonly #client: SQSClient;

  constructor(environment: Environment, bus: EventBus, client = new SQSClient(clientOptions(environment))) {
    this.#environment = environment;
    this.#bus = bus;
    this.#client = client;
  }

  async list(only: FunctionName | null, limit: number): Promise<readonly GivenUp[]> {
    const found: GivenUp[] = [];
    for (const name of asked(only)) {
      const taken: Message[] = [];
      try {
        for await (const message of this.#messages(name, limit - found.length)) {
          taken.push(message);
          found.push(givenUpOf(name, message));
        }
      } finally {
        for (const message of taken) await this.#putBack(name, message);
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  /**
   * Publishes each event once more and then deletes it. All functions of its rule hear it again, as the bus promises
   * at least once: whoever has done with it knows it by its ids.
   */
  async redrive(only: FunctionName | null): Promise<readonly Redriven[]> {
    const outcomes: Redriven[] = [];
    for (const name of asked(only)) {
      let redriven = 0;
      let left: string | null = null;
      let seen = 0;
      for await (const message of this.#messages(name, MAX_EVENTS)) {
        seen++;
        const event = parseFailedEvent(message.Body ?? '', attributesOf(message));
        if (typeof event === 'string') {
          left = `${message.MessageId}: ${event}`;
          continue;
        }
        const { detailType, detail } = event;
        // A schedule's call is no event of ours, and the next one does the same work.
        if (isDetailType(detailType)) await this.#bus.publish([{ detailType, detail } as BusEvent]);
        await this.#client.send(
          new DeleteMessageCommand({ QueueUrl: this.#url(name), ReceiptHandle: message.ReceiptHandle }),
        );
        redriven++;
      }
      if (seen > 0) outcomes.push({ kind: 'event', function: name, redriven, left });
    }
    return outcomes;
  }

  async *#messages(name: FunctionName, limit: number): AsyncGenerator<Message> {
    for (let given = 0; given < limit;) {
      const { Messages: messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url(name),
          MaxNumberOfMessages: Math.min(10, limit - given),
          VisibilityTimeout: HIDDEN_SECONDS,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      if (messages.length === 0) return;
      yield* messages;
      given += messages.length;
    }
  }

  async #putBack(name: FunctionName, { ReceiptHandle }: Message): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.#url(name), ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }

  #url(name: FunctionName): string {
    return this.#environment.text(failedEventsVariable(name));
  }
}

function asked(only: FunctionName | null): readonly FunctionName[] {
  return functionsOfEvents().filter((name) => only === null || name === only);
}

function attributesOf({ MessageAttributes = {} }: Message): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([key, { StringValue }]) => [key, StringValue]),
  );
}

function givenUpOf(name: FunctionName, message: Message): GivenUp {
  const event = parseFailedEvent(message.Body ?? '', attributesOf(message));
  const sentAtMs = Number(message.Attributes?.SentTimestamp ?? NaN);
  const known = typeof event === 'string' ? null : event;
  return {
    kind: 'event',
    function: name,
    id: message.MessageId ?? '',
    cause: typeof event === 'string' ? event : event.cause,
    attempts: known?.attempts ?? null,
    givenUpAtMs: known?.givenUpAtMs ?? (Number.isNaN(sentAtMs) ? null : sentAtMs),
    content: known === null ? message.Body : { detailType: known.detailType, detail: known.detail },
  };
}
