import type { CaptureDecoders, CaptureEvent } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';

/** A venue message and what it says. */
export interface TapeMessage {
  readonly capture: CaptureMessage;
  readonly receivedAtMs: number;
  readonly events: readonly CaptureEvent[];
  /** Which of the tape's sources it came from: connections of one name in two of them are two. */
  readonly source: number;
}

/** Reads the next message of a capture. */
export function readTapeMessage(capture: CaptureMessage, decoders: CaptureDecoders, source = 0): TapeMessage {
  const events = decoders.read(capture);
  return { capture, receivedAtMs: receivedAtMs(capture.receivedAtNs), events, source };
}
