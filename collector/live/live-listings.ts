import type { LiveVenue, VenueEvent } from '../../shared/adapters/exchanges/venue.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { CatalogueWatch, type CatalogueWatchOptions } from './catalogue-watch.ts';

export interface LiveListingsOptions extends Omit<CatalogueWatchOptions, 'request'> {
  readonly live: LiveVenue;
  readonly restEndpoint: string;
}

/** What a venue lists: by its answers, and by its stream where that tells of each change. */
export class LiveListings {
  readonly #options: LiveListingsOptions;
  /** null: the venue has no catalogue. */
  readonly #watch: CatalogueWatch | null;

  constructor(options: LiveListingsOptions) {
    this.#options = options;
    const { live, restEndpoint } = options;
    this.#watch =
      live.catalogue === null
        ? null
        : new CatalogueWatch({ ...options, request: live.catalogue(restEndpoint) });
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#watch?.run(signal);
  }

  received(events: readonly VenueEvent[], receivedAtMs: number): void {
    if (!events.some(({ kind }) => kind === 'instrument')) return;
    const { exchange, keep, log } = this.#options;
    const listings = events.flatMap((event) => (event.kind === 'instrument' ? [event.listing] : []));
    keep(listings, receivedAtMs).catch((error: unknown) =>
      log.error('the catalogue was not kept', { exchange, error: describeError(error) }),
    );
  }
}
