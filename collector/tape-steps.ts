import type { VenueTrade } from '../shared/adapters/exchanges/venue-protocol.ts';
import { TapeBoundaries, type Boundary } from './tape-boundaries.ts';
import type { TapeMessage } from './tape-message.ts';

export interface ReceivedVenueTrade {
  readonly trade: VenueTrade;
  readonly receivedAtMs: number;
}

/** A tape as the platform lives it: trades, and between them the points at which everything settles. */
export type TapeStep = { readonly kind: 'trades'; readonly trades: readonly ReceivedVenueTrade[] } | Boundary;

/** Cuts a tape at its boundaries. A run of trades may be split anywhere else: that means nothing. */
export function* tapeSteps(
  messages: Iterable<TapeMessage>,
  boundaries = new TapeBoundaries(),
): Generator<TapeStep, void, undefined> {
  let trades: ReceivedVenueTrade[] = [];
  for (const { said, exchange, receivedAtMs } of messages) {
    if (said.kind === 'heartbeat') {
      const boundary = boundaries.atHeartbeat(exchange, said.venueTimeMs, receivedAtMs);
      if (boundary === null) continue;
      if (trades.length > 0) yield { kind: 'trades', trades };
      trades = [];
      yield boundary;
    } else if (said.kind === 'trades') {
      for (const trade of said.trades) {
        const boundary = boundaries.beforeTrade(trade.instrumentId, trade.timeMs, receivedAtMs);
        if (boundary !== null) {
          if (trades.length > 0) yield { kind: 'trades', trades };
          trades = [];
          yield boundary;
        }
        trades.push({ trade, receivedAtMs });
      }
    }
  }
  if (trades.length > 0) yield { kind: 'trades', trades };
}
