import { MessageTally } from '../../shared/adapters/exchanges/message-tally.ts';
import type { VenueEvent, VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { VenueVitals } from './venue-vitals.ts';

export interface UnreadMessagesOptions {
  readonly exchange: string;
  readonly log: Log;
  readonly vitals: VenueVitals;
}

/** Tells of what a venue sent and nobody reads, of what it refuses, and of what it did not send. */
export class UnreadMessages {
  readonly #options: UnreadMessagesOptions;
  readonly #tally: MessageTally;
  #messages = 0;

  constructor(options: UnreadMessagesOptions) {
    const { exchange: venue, log } = options;
    this.#options = options;
    // A line for each kind: a venue that sends a channel unasked sends it a thousand times a minute.
    this.#tally = new MessageTally({
      onFirst: ({ what, cause }) => log.info('messages are set aside', { venue, what, cause }),
    });
  }

  /** Takes note of the events of a message. @returns whether messages are missing before it. */
  note(events: readonly VenueEvent[], connection: string): boolean {
    const { exchange: venue, log, vitals } = this.#options;
    let isAfterGap = false;
    for (const event of events) {
      if (event.kind === 'set-aside') vitals.setAside();
      else if (event.kind === 'refused') log.warn('the venue refuses', { venue, cause: event.cause });
      else if (event.kind === 'sequence-gap') {
        const { expected, got } = event;
        vitals.missed();
        log.warn('messages are missing', { venue, connection, expected, got });
        isAfterGap = true;
      }
    }
    this.#tally.add(events, ++this.#messages);
    return isAfterGap;
  }

  /** The venue has begun to count the trades of an instrument anew. */
  noteReset({ instrumentId, tradeId }: VenueTrade, afterId: number | null): void {
    const { exchange: venue, log, vitals } = this.#options;
    vitals.reset();
    log.warn('the venue counts its trades anew', { venue, instrumentId, afterId, tradeId });
  }
}
