import type { VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import { TapeBoundaries, type Boundary } from './tape-boundaries.ts';
import type { TapeMessage } from './tape-message.ts';

/** A tape as the platform lives it: trades, and between them the points at which everything settles. */
export type TapeStep = { readonly kind: 'trades'; readonly trades: readonly VenueTrade[] } | Boundary;

/** Cuts a tape at its boundaries. A run of trades may be split anywhere else: that means nothing. */
export function* tapeSteps(
  messages: Iterable<TapeMessage>,
  boundaries = new TapeBoundaries(),
): Generator<TapeStep, void, undefined> {
  let trades: VenueTrade[] = [];
  function* upTo(boundary: Boundary): Generator<TapeStep, void, undefined> {
    if (trades.length > 0) yield { kind: 'trades', trades };
    trades = [];
    yield boundary;
  }
  for (const { events, capture, receivedAtMs } of messages) {
    for (const event of events) {
      if (event.kind === 'heartbeat') {
        const boundary = boundaries.atHeartbeat(capture.exchange, event.venueTimeMs, receivedAtMs);
        if (boundary !== null) yield* upTo(boundary);
      } else if (event.kind === 'trade') {
        const boundary = boundaries.beforeTrade(event);
        if (boundary !== null) yield* upTo(boundary);
        trades.push(event);
      }
    }
  }
  if (trades.length > 0) yield { kind: 'trades', trades };
}
