import { listingsIn } from '../../shared/adapters/exchanges/listings-in.ts';
import type { Decoder, VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { Listing } from '../../shared/domain/market-data/listing.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { Backoff } from './backoff.ts';
import type { FetchedText, Patience } from './fetch-text.ts';
import type { ReceivedMessage } from './instrument-feed.ts';
import type { Time } from '../../shared/ports/time.ts';

export interface CatalogueWatchOptions {
  readonly exchange: Exchange;
  readonly request: VenueRequest;
  /** Of the answers. */
  readonly decoder: Decoder;
  /** Keeps to the venue's limits. */
  readonly fetch: (request: VenueRequest, patience: Patience, signal: AbortSignal) => Promise<FetchedText>;
  readonly archive: (message: ReceivedMessage) => void;
  /** Keeps what the catalogue says as reference data. */
  readonly keep: (listings: readonly Listing[], fromMs: number) => Promise<void>;
  /** Those that are listened to. */
  readonly instrumentIds: readonly InstrumentId[];
  readonly refreshEveryMs: number;
  readonly time: Time;
  readonly log: Log;
  readonly random: () => number;
}

const FEW_ATTEMPTS = { kind: 'attempts', attempts: 3 } as const;
const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 300_000;

/**
 * Asks a venue what it lists, at the start and again and again. A catalogue that is away is waited for with growing pauses,
 * for as long as it takes; trades come meanwhile, by the symbols that were asked for.
 */
export class CatalogueWatch {
  readonly #options: CatalogueWatchOptions;
  #isAway = false;

  constructor(options: CatalogueWatchOptions) {
    this.#options = options;
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { time, random, refreshEveryMs } = this.#options;
    const backoff = new Backoff({ firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS, random });
    while (!signal.aborted) {
      const cause = await this.#ask(signal);
      if (signal.aborted) return;
      this.#tell(cause);
      if (cause === null) backoff.reset();
      const pauseMs = cause === null ? refreshEveryMs : backoff.nextMs();
      // An abort ends the wait as well as the loop.
      await time.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** @returns why there is no catalogue; null: there is. */
  async #ask(signal: AbortSignal): Promise<string | null> {
    const { request, fetch } = this.#options;
    try {
      const answer = await fetch(request, FEW_ATTEMPTS, signal);
      return answer.kind === 'failed' ? answer.cause : this.#take(answer.text);
    } catch (error) {
      return (error as Error).message;
    }
  }

  #take(text: string): string | null {
    const { exchange, request, decoder, archive, time, log, instrumentIds, keep } = this.#options;
    const receivedAtMs = time.nowMs();
    const receivedAtNs = `${receivedAtMs}000000`;
    const message = { receivedAtNs, exchange, kind: 'rest', url: request.url, message: text };
    const events = decoder.read(message, receivedAtMs);
    const listings = listingsIn(events);
    if (!events.some(({ kind }) => kind === 'instrument' || kind === 'notice')) {
      const [first] = events;
      return first !== undefined && 'cause' in first ? first.cause : 'the answer is no catalogue';
    }
    archive(message);
    for (const event of events)
      if (event.kind === 'set-aside')
        log.warn('a listing is set aside', { exchange, what: event.what, cause: event.cause });
    const asked = new Set(instrumentIds);
    for (const { instrumentId, status } of listings)
      if (status !== 'trading' && asked.has(instrumentId))
        log.warn('an instrument does not trade', { exchange, instrumentId, status });
    keep(listings, receivedAtMs).catch((error: unknown) =>
      log.error('the catalogue was not kept', { exchange, error: describeError(error) }),
    );
    return null;
  }

  #tell(cause: string | null): void {
    const { exchange, log } = this.#options;
    const isAway = cause !== null;
    if (isAway && !this.#isAway)
      log.warn('the catalogue cannot be had: it is asked for again, and trades come meanwhile', {
        exchange,
        cause,
      });
    if (!isAway && this.#isAway) log.info('the catalogue is there again', { exchange });
    this.#isAway = isAway;
  }
}
