import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { MAX_EVENT_BYTES, type BusEvent, type EventBus } from '../../ports/event-bus.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { inBatches, sendUntilAccepted, type Refused, type Sleep } from './batching.ts';
import { clientOptions } from './client-options.ts';
import { EVENT_BUS_NAME, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

const EVENT_SOURCE = 'millrace';
const MAX_ENTRIES_A_CALL = 10;

export class EventBridgeBus implements EventBus {
  readonly #busName: string;
  readonly #client: EventBridgeClient;
  readonly #sleep: Sleep | undefined;

  constructor(
    environment: Environment,
    client = new EventBridgeClient(clientOptions(environment)),
    sleep?: Sleep,
  ) {
    this.#busName = environment.text(EVENT_BUS_NAME);
    this.#client = client;
    this.#sleep = sleep;
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    const entries = events.map(({ detailType, detail }): PutEventsRequestEntry => ({
      EventBusName: this.#busName,
      Source: EVENT_SOURCE,
      DetailType: detailType,
      Detail: JSON.stringify(detail),
    }));
    for (const entry of entries) {
      const bytes = bytesOf(entry);
      if (bytes > MAX_EVENT_BYTES) {
        throw new LimitExceeded(`an event ${entry.DetailType} of ${bytes} bytes, at most ${MAX_EVENT_BYTES}`);
      }
    }
    const limits = { maxItems: MAX_ENTRIES_A_CALL, maxBytes: MAX_EVENT_BYTES };
    for (const batch of inBatches(entries, bytesOf, limits)) {
      await reaching(
        'EventBridge',
        sendUntilAccepted(batch, (part) => this.#put(part), this.#sleep),
      );
    }
  }

  async #put(entries: readonly PutEventsRequestEntry[]): Promise<readonly Refused<PutEventsRequestEntry>[]> {
    const response = await this.#client.send(new PutEventsCommand({ Entries: [...entries] }));
    return entries.flatMap((item, index) => {
      const answer = response.Entries?.[index];
      if (answer?.EventId !== undefined && answer.ErrorCode === undefined) return [];
      return [{ item, cause: `${answer?.ErrorCode ?? 'NoAnswer'} ${answer?.ErrorMessage ?? ''}`.trim() }];
    });
  }
}

/** As EventBridge counts: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
function bytesOf(entry: PutEventsRequestEntry): number {
  return Buffer.byteLength(`${entry.Source}${entry.DetailType}${entry.Detail}`);
}
