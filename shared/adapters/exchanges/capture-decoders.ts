import {
  disagreementMessage,
  heartbeatMessage,
  receivedAtMs,
  type CaptureMessage,
} from '../../contracts/capture.ts';
import type { InstrumentId } from '../../domain/market-data/instrument.ts';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import { SymbolDirectory } from './symbol-directory.ts';
import type { Decoder, VenueEvent } from './venue.ts';
import { venueOf } from './venues.ts';

/** What the venue said, or the collector that recorded it. */
export type CaptureEvent =
  | VenueEvent
  | { readonly kind: 'heartbeat'; readonly venueTimeMs: number }
  /** The connection that the line names is over: what comes later comes over another. */
  | { readonly kind: 'connection-ended' }
  /** From here on these instruments of the exchange disagree with its other venues, and no others. */
  | { readonly kind: 'disagreement'; readonly instrumentIds: readonly InstrumentId[] };

/** What the catalogues of a tape have said so far. */
export type VenueDirectories = Map<Exchange, SymbolDirectory>;

export function directoryOf(directories: VenueDirectories, exchange: Exchange): SymbolDirectory {
  let directory = directories.get(exchange);
  if (directory === undefined) directories.set(exchange, (directory = new SymbolDirectory()));
  return directory;
}

type Origin = Pick<CaptureMessage, 'exchange' | 'kind' | 'url' | 'connection'>;

interface Opened {
  readonly exchange: Exchange;
  readonly connection: string | undefined;
  readonly url: string;
  readonly decoder: Decoder;
}

/** A capture of more connections than this has somebody making them up: the oldest is forgotten. */
const MAX_CONNECTIONS = 1000;

/**
 * The decoders of one capture: one for each connection that it tells apart, and where it tells none, one for each address.
 * The answers to questions that differ in their parameters alone are of one address.
 */
export class CaptureDecoders {
  readonly #opened = new Map<string, Opened>();
  readonly #directories: VenueDirectories;
  #last: Opened | null = null;

  /** @param directories shared by all captures of a tape, so that a catalogue in one of them counts for the others. */
  constructor(directories: VenueDirectories = new Map()) {
    this.#directories = directories;
  }

  /** Reads the next line. Kinds that nobody here knows are set aside. */
  read(capture: CaptureMessage): readonly CaptureEvent[] {
    switch (capture.kind) {
      case 'ws':
      case 'rest':
        return this.of(capture).read(capture, receivedAtMs(capture.receivedAtNs));
      case 'heartbeat':
        return [readHeartbeat(capture.message)];
      case 'end':
        return [CONNECTION_ENDED];
      case 'disagreement':
        return [readDisagreement(capture.message)];
      default:
        return [
          { kind: 'set-aside', what: capture.kind.slice(0, 40), cause: 'this kind of line is not read' },
        ];
    }
  }

  of({ exchange, kind, url, connection }: Origin): Decoder {
    const last = this.#last;
    if (
      last !== null &&
      last.exchange === exchange &&
      last.connection === connection &&
      (connection !== undefined || last.url === url)
    )
      return last.decoder;
    const key = `${exchange} ${connection === undefined ? `at ${kind === 'rest' ? url.split('?', 1)[0] : url}` : `over ${connection}`}`;
    const opened = this.#opened.get(key) ?? this.#open(key, exchange, connection, url);
    this.#last = opened;
    return opened.decoder;
  }

  #open(key: string, exchange: Exchange, connection: string | undefined, url: string): Opened {
    if (this.#opened.size >= MAX_CONNECTIONS) this.#opened.delete(this.#opened.keys().next().value!);
    const opened = {
      exchange,
      connection,
      url,
      decoder: venueOf(exchange).decoder(directoryOf(this.#directories, exchange)),
    };
    this.#opened.set(key, opened);
    return opened;
  }
}

const CONNECTION_ENDED: CaptureEvent = { kind: 'connection-ended' };

function readHeartbeat(text: string): CaptureEvent {
  const heartbeat = heartbeatMessage.safeParse(jsonIn(text));
  if (heartbeat.success) return { kind: 'heartbeat', venueTimeMs: heartbeat.data.venueTimeMs };
  return { kind: 'malformed', cause: 'a heartbeat without venueTimeMs' };
}

function readDisagreement(text: string): CaptureEvent {
  const said = disagreementMessage.safeParse(jsonIn(text));
  if (said.success) return { kind: 'disagreement', instrumentIds: said.data.instrumentIds };
  return { kind: 'malformed', cause: 'a disagreement without instrumentIds' };
}

/** Text that is not JSON is no better than JSON that is something else. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
