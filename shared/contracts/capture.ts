/**
 * A capture: gzip NDJSON, one received message a line, oldest first, the venue's text digit for digit. What the
 * collector archives has this form, and so have the recordings that it replays.
 */
import * as z from 'zod';
import type { Exchange } from '../domain/market-data/exchanges.ts';
import { exchangeName } from './exchange.ts';

/** What the collector adds by itself: the venue's clock, where no trade tells it. */
export const heartbeatMessage = z.looseObject({ venueTimeMs: z.int().min(0) });

const MAX_DISAGREEING = 10_000;

/** Which instruments of the exchange disagree with its other venues from here on, as the collector that recorded it saw it. */
export const disagreementMessage = z.looseObject({
  instrumentIds: z.array(z.string().max(100)).max(MAX_DISAGREEING),
});

export const MAX_NAME_CHARACTERS = 200;

/** A name, which others may have made a number. */
const name = z
  .union([z.string().max(MAX_NAME_CHARACTERS), z.int().min(0)], { error: 'expected a name or a number' })
  .transform(String)
  .optional();

/** The envelope alone: what the message says is the venue's business. Further fields and kinds may follow. */
export const captureLine = z.looseObject({
  receivedAtNs: z
    .string()
    .regex(/^\d{1,19}$/, { error: 'expected nanoseconds since the epoch as a string of digits' }),
  /** Which of them can be replayed is for the list of venues to say. */
  exchange: exchangeName,
  /** `ws`, `rest`, `heartbeat`, `end`, `disagreement`, and whatever may follow. */
  kind: z.string().min(1),
  url: z.string(),
  /** Raw text; a heartbeat may also carry its object as it is. */
  message: z.union([z.string(), heartbeatMessage], { error: 'expected the raw text of the message' }),
  session: name,
  connection: name,
});

/** One line of a capture. */
export interface CaptureMessage {
  /** 1 is the first. */
  readonly line: number;
  readonly receivedAtNs: string;
  readonly exchange: Exchange;
  readonly kind: string;
  readonly url: string;
  readonly message: string;
  /** The unbroken observation of the venue that it belongs to; left out where nobody said so. */
  readonly session?: string;
  /** The connection over which it came, or of which it fills a gap; left out where nobody said so, or there was none. */
  readonly connection?: string;
  /** The whole line as it stands in the capture, without its newline. */
  readonly text: string;
}

/** What a line says, but for its place in the capture. */
export type CaptureEnvelope = Omit<CaptureMessage, 'line' | 'text'>;

/** Nanoseconds as text to whole milliseconds: BigInt would cost more than the rest of the line. */
export function receivedAtMs(receivedAtNs: string): number {
  return receivedAtNs.length > 6 ? Number(receivedAtNs.slice(0, -6)) : 0;
}

/** @returns the line's text, with the keys in the order that captures have. */
export function formatCaptureLine(message: CaptureEnvelope): string {
  const { receivedAtNs, exchange, kind, url, session, connection } = message;
  // What is undefined is left out.
  return JSON.stringify({ receivedAtNs, exchange, kind, url, session, connection, message: message.message });
}
