import { heartbeatMessage, receivedAtMs, type CaptureMessage } from '../shared/contracts/capture.ts';
import type { ParsedMessage, VenueProtocol } from '../shared/adapters/exchanges/venue-protocol.ts';

/** A venue message and what it says. */
export interface TapeMessage {
  readonly exchange: string;
  readonly receivedAtMs: number;
  /** What the venue sent, kept whole when nothing in it can be located. */
  readonly raw: string;
  readonly said: ParsedMessage | { readonly kind: 'heartbeat'; readonly venueTimeMs: number };
}

/** Reads one message of a capture. Kinds that nobody here knows say nothing. */
export function readTapeMessage(message: CaptureMessage, protocol: VenueProtocol): TapeMessage {
  return {
    exchange: message.exchange,
    receivedAtMs: receivedAtMs(message.receivedAtNs),
    raw: message.message,
    said: read(message, protocol),
  };
}

function read(message: CaptureMessage, protocol: VenueProtocol): TapeMessage['said'] {
  switch (message.kind) {
    case 'ws':
    case 'rest':
      return protocol.parse(message);
    case 'heartbeat':
      return readHeartbeat(message.message);
    default:
      return { kind: 'other', venueTimeMs: null };
  }
}

function readHeartbeat(text: string): TapeMessage['said'] {
  try {
    const heartbeat = heartbeatMessage.safeParse(JSON.parse(text));
    if (heartbeat.success) return { kind: 'heartbeat', venueTimeMs: heartbeat.data.venueTimeMs };
  } catch {
    // Falls through: text that is not JSON is no better than JSON that is not a heartbeat.
  }
  return { kind: 'malformed', cause: 'a heartbeat without venueTimeMs' };
}
