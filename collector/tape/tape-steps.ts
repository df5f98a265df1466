import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { TapeBoundaries, type Boundary } from './tape-boundaries.ts';
import type { TapeBooks } from './tape-books.ts';
import type { TapeMessage } from './tape-message.ts';

/** A tape as the platform lives it: trades, what is told of books, and between them the points at which everything settles. */
export type TapeStep =
  | { readonly kind: 'trades'; readonly trades: readonly VenueTrade[] }
  | { readonly kind: 'books'; readonly rows: readonly ToldBook[] }
  | Boundary;

const NO_BOOKS = { take: (): readonly ToldBook[] => [] };

/**
 * Cuts a tape at its boundaries. A run of trades may be split anywhere else: that means nothing.
 * @param books which the messages are shown to; left out: nobody asks for them.
 */
export function* tapeSteps(
  messages: Iterable<TapeMessage>,
  boundaries = new TapeBoundaries(),
  books: Pick<TapeBooks, 'take'> = NO_BOOKS,
): Generator<TapeStep, void, undefined> {
  let trades: VenueTrade[] = [];
  function* upTo(step: TapeStep): Generator<TapeStep, void, undefined> {
    if (trades.length > 0) yield { kind: 'trades', trades };
    trades = [];
    yield step;
  }
  for (const message of messages) {
    const { events, capture, receivedAtMs } = message;
    const rows = boundaries.enter(message, books.take(message));
    if (rows.length > 0) yield* upTo({ kind: 'books', rows });
    for (const event of events) {
      if (event.kind === 'heartbeat') {
        const boundary = boundaries.atHeartbeat(capture.exchange, event.venueTimeMs, receivedAtMs);
        if (boundary !== null) yield* upTo(boundary);
      } else if (event.kind === 'clock') {
        boundaries.noteClock(capture.exchange, event.venueTimeMs, receivedAtMs);
      } else if (event.kind === 'trade') {
        const trade = boundaries.judge(message, event);
        const boundary = boundaries.beforeTrade(trade);
        if (boundary !== null) yield* upTo(boundary);
        trades.push(trade);
      }
    }
  }
  if (trades.length > 0) yield { kind: 'trades', trades };
}
