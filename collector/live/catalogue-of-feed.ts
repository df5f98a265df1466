import type { Decoder } from '../../shared/adapters/exchanges/venue.ts';
import { CatalogueWatch } from './catalogue-watch.ts';
import type { LiveFeedOptions } from './live-feed-options.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { VenueQuestions } from './venue-questions.ts';

/**
 * What watches the catalogue of the venue that a feed listens to.
 * @param decoder of the answers, which takes into its directory what they say.
 * @returns null: the venue has none.
 */
export function catalogueOf(
  { venue, live, listings, instrumentIds, endpoints, timings, time, log, random }: LiveFeedOptions,
  decoder: Decoder,
  outlet: LiveOutlet,
  questions: VenueQuestions,
): CatalogueWatch | null {
  if (live.catalogue === null) return null;
  return new CatalogueWatch({
    exchange: venue.exchange,
    request: live.catalogue(endpoints.rest),
    decoder,
    fetch: async (request, patience, signal) => questions.fetch(request, patience, signal),
    archive: (message) => outlet.archive(message),
    keep: async (kept, fromMs) => listings.note(kept, fromMs),
    instrumentIds,
    refreshEveryMs: timings.catalogueEveryMs,
    time,
    log,
    random,
  });
}
