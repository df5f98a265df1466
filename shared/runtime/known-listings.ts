import { listingsPartition } from '../contracts/record-keys.ts';
import type { ListingRecord } from '../contracts/listing-records.ts';
import { listingAt, type KnownListing } from '../domain/market-data/listing.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readIndex } from './all-pages.ts';

/** What an exchange lists, as it was known at a time, in order of instrument; what was not known by then is left out. */
export async function knownListings(
  state: StateStore,
  exchange: string,
  asOfMs: number,
): Promise<readonly KnownListing[]> {
  const records = await readIndex<ListingRecord>(state, 'operations', listingsPartition(exchange));
  return records
    .flatMap(({ changes }) => listingAt(changes, asOfMs) ?? [])
    .sort((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1));
}
