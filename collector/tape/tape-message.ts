import type { CaptureDecoders, CaptureEvent } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { receivedAtMs, type CaptureMessage } from '../../shared/contracts/capture.ts';

/** A venue message and what it says. */
export interface TapeMessage {
  readonly capture: CaptureMessage;
  readonly receivedAtMs: number;
  readonly events: readonly CaptureEvent[];
}

/** Reads the next message of a capture. */
export function readTapeMessage(capture: CaptureMessage, decoders: CaptureDecoders): TapeMessage {
  return { capture, receivedAtMs: receivedAtMs(capture.receivedAtNs), events: decoders.read(capture) };
}
