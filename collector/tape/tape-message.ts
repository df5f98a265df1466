import { heartbeatMessage, receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';
import type { ParsedMessage, VenueProtocol } from '../../shared/adapters/exchanges/venue-protocol.ts';

/** A venue message and what it says. */
export interface TapeMessage {
  readonly capture: CaptureMessage;
  readonly receivedAtMs: number;
  readonly said: ParsedMessage | { readonly kind: 'heartbeat'; readonly venueTimeMs: number };
}

/** Reads one message of a capture. Kinds that nobody here knows say nothing. */
export function readTapeMessage(capture: CaptureMessage, protocol: VenueProtocol): TapeMessage {
  const receivedMs = receivedAtMs(capture.receivedAtNs);
  return { capture, receivedAtMs: receivedMs, said: read(capture, protocol, receivedMs) };
}

function read(capture: CaptureMessage, protocol: VenueProtocol, receivedMs: number): TapeMessage['said'] {
  switch (capture.kind) {
    case 'ws':
    case 'rest':
      return protocol.parse(capture, receivedMs);
    case 'heartbeat':
      return readHeartbeat(capture.message);
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
