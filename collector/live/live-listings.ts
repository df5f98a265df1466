import { listingsIn } from '../../shared/adapters/exchanges/listings-in.ts';
import type { VenueEvent } from '../../shared/adapters/exchanges/venue.ts';
import type { Listing } from '../../shared/domain/market-data/listing.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { CatalogueWatch } from './catalogue-watch.ts';

export interface LiveListingsOptions {
  readonly exchange: string;
  readonly log: Log;
  /** null: the venue has no catalogue. */
  readonly watch: CatalogueWatch | null;
  readonly keep: (listings: readonly Listing[], fromMs: number) => Promise<void>;
}

/** What a venue lists: by its answers, and by its stream where that tells of each change. */
export class LiveListings {
  readonly #options: LiveListingsOptions;

  constructor(options: LiveListingsOptions) {
    this.#options = options;
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#options.watch?.run(signal);
  }

  received(events: readonly VenueEvent[], receivedAtMs: number): void {
    const listings = listingsIn(events);
    if (listings.length === 0) return;
    const { exchange, keep, log } = this.#options;
    keep(listings, receivedAtMs).catch((error: unknown) =>
      log.error('the catalogue was not kept', { exchange, error: describeError(error) }),
    );
  }
}
