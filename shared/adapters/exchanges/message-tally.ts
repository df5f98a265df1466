import { readToldTrade } from '../../contracts/lane-rows.ts';
import type { CaptureEvent } from './capture-decoders.ts';

/** Of one kind of what was not read. */
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

export interface TallyOptions {
  /** Told of the first of each kind that is set aside. */
  readonly onFirst?: (setAside: SetAside) => void;
  /** Whether trades are read as the reader of their records will read them, and those that are none set aside. */
  readonly readsTrades?: boolean;
}

/** Counts what was read out of messages, and what was not: by kind, with the cause and the place of the first. */
export class MessageTally {
  #messages = 0;
  #trades = 0;
  #bookMessages = 0;
  #others = 0;
  #malformed = 0;
  #sequenceGaps = 0;
  readonly #options: TallyOptions;
  readonly #setAside = new Map<string, { what: string; count: number; cause: string; firstAt: number }>();
  #firstMalformed: Pick<SetAside, 'cause' | 'firstAt'> | null = null;

  constructor(options: TallyOptions = {}) {
    this.#options = options;
  }

  /** @param at the number of the message's line. */
  add(events: readonly CaptureEvent[], at: number): void {
    this.#messages++;
    let hasBook = false;
    for (const event of events) {
      switch (event.kind) {
        case 'trade': {
          const read = this.#options.readsTrades === true ? readToldTrade(event) : event;
          if (typeof read === 'string') this.#note(`trade with an unusable ${fieldOf(read)}`, read, at);
          else this.#trades++;
          break;
        }
        case 'malformed':
          if (event.what !== undefined) {
            this.#note(event.what, event.cause, at);
            break;
          }
          this.#malformed++;
          this.#firstMalformed ??= { cause: event.cause, firstAt: at };
          break;
        case 'sequence-gap':
          this.#sequenceGaps++;
          break;
        case 'set-aside':
          this.#note(event.what, event.cause, at);
          break;
        case 'book-snapshot':
        case 'book-delta':
          hasBook = true;
          break;
        case 'book-gap':
          // Of all books of a connection it says that what comes begins anew; of one, that its levels could not be read.
          if (event.instrumentId !== null) this.#note('book update', event.cause, at);
          break;
        case 'quote':
          this.#others++;
          break;
        case 'refused':
        case 'clock':
          // The venue understood us, and its clock is told beside what is not read, too: neither is something of the market.
          break;
        default:
          this.#others++;
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

  /** Whether anything was understood: a trade, a book, a notice, a heartbeat. The venue's clock alone is nothing. */
  get hasRead(): boolean {
    return this.#trades > 0 || this.#bookMessages > 0 || this.#others > 0;
  }

  get malformed(): number {
    return this.#malformed;
  }

  get firstMalformed(): Pick<SetAside, 'cause' | 'firstAt'> | null {
    return this.#firstMalformed;
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
    this.#options.onFirst?.(first);
  }
}

/** Which field a cause complains of: `price: expected …`. */
function fieldOf(cause: string): string {
  const end = cause.indexOf(':');
  return end < 0 ? 'row' : cause.slice(0, end);
}
