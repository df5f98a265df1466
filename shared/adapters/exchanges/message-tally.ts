import type { VenueEvent } from './venue.ts';

/** Of one kind of message that was not read. */
export interface SetAside {
  readonly what: string;
  readonly count: number;
  /** Of the first. */
  readonly cause: string;
  /** Where the first stands: the number of its line, or of its message. */
  readonly firstAt: number;
}

/** Kinds come out of messages: past this many somebody is making them up. */
const MAX_KINDS = 50;
const OTHER_KINDS = 'other kinds';

/** Counts what was read out of messages, and what was not: by kind, with the cause and the place of the first. */
export class MessageTally {
  #messages = 0;
  #trades = 0;
  #bookMessages = 0;
  #malformed = 0;
  #sequenceGaps = 0;
  readonly #onFirst: ((setAside: SetAside) => void) | null;
  readonly #setAside = new Map<string, { what: string; count: number; cause: string; firstAt: number }>();

  /** @param onFirst told of the first of each kind that is set aside. */
  constructor(onFirst: ((setAside: SetAside) => void) | null = null) {
    this.#onFirst = onFirst;
  }

  /** @param at the number of the message's line. */
  add(events: readonly VenueEvent[], at: number): void {
    this.#messages++;
    let hasBook = false;
    for (const event of events) {
      switch (event.kind) {
        case 'trade':
          this.#trades++;
          break;
        case 'malformed':
          this.#malformed++;
          break;
        case 'sequence-gap':
          this.#sequenceGaps++;
          break;
        case 'set-aside':
          this.#note(event.what, event.cause, at);
          break;
        case 'book-snapshot':
        case 'book-delta':
        case 'book-gap':
          hasBook = true;
          break;
        case 'quote':
        case 'clock':
        case 'notice':
        case 'refused':
      }
    }
    if (hasBook) this.#bookMessages++;
  }

  get messages(): number {
    return this.#messages;
  }

  get trades(): number {
    return this.#trades;
  }

  /** Messages with levels of books. */
  get bookMessages(): number {
    return this.#bookMessages;
  }

  get malformed(): number {
    return this.#malformed;
  }

  get sequenceGaps(): number {
    return this.#sequenceGaps;
  }

  /** In the order in which each first came. */
  get setAside(): readonly SetAside[] {
    return [...this.#setAside.values()];
  }

  #note(what: string, cause: string, at: number): void {
    const isRoom = this.#setAside.has(what) || this.#setAside.size < MAX_KINDS;
    const kind = isRoom ? what : OTHER_KINDS;
    const noted = this.#setAside.get(kind);
    if (noted !== undefined) {
      noted.count++;
      return;
    }
    const first = { what: kind, count: 1, cause, firstAt: at };
    this.#setAside.set(kind, first);
    this.#onFirst?.(first);
  }
}
