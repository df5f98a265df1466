import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import { FollowedBooks } from '../../shared/adapters/exchanges/followed-books.ts';
import type { TapeMessage } from './tape-message.ts';

/** The books of a tape, kept as they are kept live: what a live run recorded, replayed, tells the same of them. */
export class TapeBooks {
  readonly #books = new FollowedBooks();

  /** @returns what is told now of the books, before the message's own trades. */
  take({ capture, events, source }: TapeMessage): readonly ToldBook[] {
    const { connection } = capture;
    if (source === 0) return this.#books.take(capture, events);
    // What lies beside it is of other connections, whatever their names and addresses.
    const beside = { ...capture, url: `${source}:${capture.url}` };
    if (connection !== undefined) beside.connection = `${source}:${connection}`;
    return this.#books.take(beside, events);
  }
}
