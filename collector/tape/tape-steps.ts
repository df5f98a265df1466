import type { VenueTrade } from '../../shared/adapters/exchanges/venue-protocol.ts';
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
  for (const { said, capture, receivedAtMs } of messages) {
    if (said.kind === 'heartbeat') {
      const boundary = boundaries.atHeartbeat(capture.exchange, said.venueTimeMs, receivedAtMs);
      if (boundary !== null) yield* upTo(boundary);
    } else if (said.kind === 'trades') {
      for (const trade of said.trades) {
        const boundary = boundaries.beforeTrade(trade);
        if (boundary !== null) yield* upTo(boundary);
        trades.push(trade);
      }
    }
  }
  if (trades.length > 0) yield { kind: 'trades', trades };
}
