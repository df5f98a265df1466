import { portionsOf } from '../../shared/adapters/exchanges/portions.ts';
import {
  instrumentListingKey,
  listingsIndex,
  listingsPartition,
} from '../../shared/contracts/record-keys.ts';
import { listingRecord, type ListingRecord } from '../../shared/contracts/listing-records.ts';
import { exchangeOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { withChange, type Listing } from '../../shared/domain/market-data/listing.ts';
import {
  ConditionFailed,
  conditionOn,
  MAX_TRANSACTION_WRITES,
  type PutWrite,
  type StateStore,
} from '../../shared/ports/state-store.ts';

interface Kept {
  /** Of its item in the store. */
  readonly version: number;
  readonly record: ListingRecord;
}

/**
 * Keeps what venues list as reference data: each change with the time from which it was known. A change that is kept
 * already is not kept again, so whoever tells of a catalogue twice has told of it once.
 */
export class ListingKeeper {
  readonly #state: StateStore;
  readonly #kept = new Map<InstrumentId, Kept>();
  readonly #loaded = new Set<string>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Resolves when all is kept. @param fromMs since when it is known. */
  async note(listings: readonly Listing[], fromMs: number): Promise<void> {
    try {
      await this.#write(listings, fromMs);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      // Another collector of the venue has told of the same.
      this.#loaded.clear();
      await this.#write(listings, fromMs);
    }
  }

  async #write(listings: readonly Listing[], fromMs: number): Promise<void> {
    for (const exchange of new Set(listings.map(({ instrumentId }) => exchangeOf(instrumentId))))
      await this.#load(exchange);
    const changed = listings.flatMap((listing) => {
      const { instrumentId } = listing;
      const kept = this.#kept.get(instrumentId);
      const changes = withChange(kept?.record.changes ?? [], listing, fromMs);
      if (changes === null) return [];
      return [{ instrumentId, version: kept?.version ?? null, record: { changes } }];
    });
    for (const portion of portionsOf(changed, MAX_TRANSACTION_WRITES)) {
      await this.#state.transact(
        portion.map(({ instrumentId, version, record }): PutWrite => ({
          kind: 'put',
          table: 'operations',
          ...instrumentListingKey(instrumentId),
          index: listingsIndex(instrumentId),
          value: record,
          condition: conditionOn(version),
        })),
      );
      for (const { instrumentId, version, record } of portion)
        this.#kept.set(instrumentId, { version: (version ?? 0) + 1, record });
    }
  }

  async #load(exchange: string): Promise<void> {
    if (this.#loaded.has(exchange)) return;
    let after: string | undefined;
    do {
      const options = { limit: 1000, after };
      const page = await this.#state.queryIndex('operations', listingsPartition(exchange), options);
      for (const { version, value } of page.items) {
        const record = listingRecord.parse(value);
        const last = record.changes.at(-1);
        if (last !== undefined) this.#kept.set(last.instrumentId, { version, record });
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
    this.#loaded.add(exchange);
  }
}
