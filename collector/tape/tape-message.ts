import type { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import type { VenueEvent } from '../../shared/adapters/exchanges/venue.ts';
import { heartbeatMessage, receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';

/** What the venue said, or the collector that recorded it. */
export type TapeEvent = VenueEvent | { readonly kind: 'heartbeat'; readonly venueTimeMs: number };

/** A venue message and what it says. */
export interface TapeMessage {
  readonly capture: CaptureMessage;
  readonly receivedAtMs: number;
  readonly events: readonly TapeEvent[];
}

/** Reads the next message of a capture. Kinds that nobody here knows are set aside. */
export function readTapeMessage(capture: CaptureMessage, decoders: CaptureDecoders): TapeMessage {
  const receivedMs = receivedAtMs(capture.receivedAtNs);
  return { capture, receivedAtMs: receivedMs, events: read(capture, decoders, receivedMs) };
}

function read(capture: CaptureMessage, decoders: CaptureDecoders, receivedMs: number): readonly TapeEvent[] {
  switch (capture.kind) {
    case 'ws':
    case 'rest':
      return decoders.of(capture).read(capture, receivedMs);
    case 'heartbeat':
      return [readHeartbeat(capture.message)];
    default:
      return [{ kind: 'set-aside', what: capture.kind.slice(0, 40), cause: 'this kind of line is not read' }];
  }
}

function readHeartbeat(text: string): TapeEvent {
  try {
    const heartbeat = heartbeatMessage.safeParse(JSON.parse(text));
    if (heartbeat.success) return { kind: 'heartbeat', venueTimeMs: heartbeat.data.venueTimeMs };
  } catch {
    // Falls through: text that is not JSON is no better than JSON that is not a heartbeat.
  }
  return { kind: 'malformed', cause: 'a heartbeat without venueTimeMs' };
}
