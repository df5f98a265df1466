import { composed, isInstrumentId, type InstrumentId } from '../../domain/market-data/instrument.ts';
import { isSameListing, type Listing } from '../../domain/market-data/listing.ts';
import { shown } from './told-fields.ts';

/** What a decoder read of one instrument in a catalogue; `listing.instrumentId` is not yet known to be one. */
export interface ToldListing extends Listing {
  readonly status: 'trading' | 'halted';
}

/** What follows from a catalogue: events of a venue. */
export type DirectoryEvent =
  | { readonly kind: 'instrument'; readonly listing: Listing }
  | { readonly kind: 'set-aside'; readonly what: string; readonly cause: string }
  | { readonly kind: 'notice'; readonly what: string };

/** Venues list some thousands. Past this many somebody is making them up. */
const MAX_LISTINGS = 20_000;
const MAX_SYMBOL_CHARACTERS = 50;

/** A whole catalogue that would take so much of the market away is an answer that was cut short. */
const MOST_DELISTED_SHARE = 0.5;
const FEW = 10;

/**
 * Which instrument a symbol of a venue is, by the catalogues that were read so far. All decoders of a venue that read one
 * tape share it: the catalogue comes over REST, and the trades over something else.
 */
export class SymbolDirectory {
  readonly #bySymbol = new Map<string, InstrumentId>();
  readonly #byInstrument = new Map<InstrumentId, Listing>();
  #isWhole = false;

  /** Whether a catalogue was read that leaves nothing out: what is not in it is not listed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** All that was ever read, in no order. */
  listings(): IterableIterator<Listing> {
    return this.#byInstrument.values();
  }

  /** `null`: no catalogue has it. */
  instrumentOf(symbol: string): InstrumentId | null {
    // It is asked for every trade, and mostly of no catalogue at all, or by the name as it is listed.
    if (this.#bySymbol.size === 0) return null;
    return this.#bySymbol.get(symbol) ?? this.#bySymbol.get(composed(symbol)) ?? null;
  }

  listingOf(instrumentId: InstrumentId): Listing | null {
    return this.#byInstrument.get(instrumentId) ?? null;
  }

  /** Whoever asked for an instrument knows its symbol, before any catalogue was read. */
  assume(symbol: string, instrumentId: InstrumentId): void {
    if (!this.#bySymbol.has(composed(symbol))) this.#bySymbol.set(composed(symbol), instrumentId);
  }

  /** Goes on from where another directory was. */
  resume(listings: Iterable<Listing>, isWhole: boolean): void {
    for (const listing of listings) this.#remember(listing);
    this.#isWhole ||= isWhole;
  }

  /**
   * Takes a catalogue over. What an earlier one had and this has not is kept as `delisted`, for prints that come late.
   * @param isWhole whether it leaves nothing out.
   * @returns an event for each instrument of which it says something else than before, and what is set aside of it.
   */
  take(told: readonly ToldListing[], isWhole: boolean): readonly DirectoryEvent[] {
    const events: DirectoryEvent[] = [];
    const taken = new Map<InstrumentId, Listing>();
    const symbols = new Set<string>();
    // Of two symbols of one pair, the one that trades is meant.
    for (const listing of told.toSorted((a, b) => rankOf(a) - rankOf(b))) {
      const cause = this.#refusalOf(listing, taken, symbols);
      if (cause !== null) {
        events.push({ kind: 'set-aside', what: 'listing', cause: `${shown(listing.symbol)}: ${cause}` });
        continue;
      }
      taken.set(listing.instrumentId, listing);
      symbols.add(composed(listing.symbol));
    }
    if (isWhole) events.push(...this.#delist(taken));
    for (const listing of taken.values()) {
      const before = this.#byInstrument.get(listing.instrumentId);
      if (before !== undefined && isSameListing(before, listing)) continue;
      this.#remember(listing);
      events.push({ kind: 'instrument', listing });
    }
    return events.length > 0 ? events : [{ kind: 'notice', what: 'catalogue' }];
  }

  /** Adds what is listed no more. @returns what is set aside of it: an answer that was cut short takes nothing away. */
  #delist(taken: Map<InstrumentId, Listing>): readonly DirectoryEvent[] {
    const listed = [...this.#byInstrument.values()].filter(({ status }) => status !== 'delisted');
    const gone = listed.filter(({ instrumentId }) => !taken.has(instrumentId));
    if (taken.size === 0 || gone.length > Math.max(FEW, listed.length * MOST_DELISTED_SHARE)) {
      const cause = `it lists ${taken.size} instruments, and ${gone.length} of ${listed.length} no more`;
      return [{ kind: 'set-aside', what: 'short catalogue', cause }];
    }
    this.#isWhole = true;
    for (const listing of gone) taken.set(listing.instrumentId, { ...listing, status: 'delisted' });
    return [];
  }

  #remember(listing: Listing): void {
    const { instrumentId, status } = listing;
    const symbol = composed(listing.symbol);
    this.#byInstrument.set(instrumentId, listing);
    // A symbol that was given to another pair names that one from now on.
    if (status !== 'delisted' || !this.#bySymbol.has(symbol)) this.#bySymbol.set(symbol, instrumentId);
  }

  #refusalOf(
    { instrumentId, symbol }: ToldListing,
    taken: ReadonlyMap<InstrumentId, Listing>,
    symbols: ReadonlySet<string>,
  ): string | null {
    if (symbol.length > MAX_SYMBOL_CHARACTERS || !isInstrumentId(instrumentId))
      return 'expected codes of letters and digits';
    if (symbols.has(composed(symbol))) return 'the symbol is listed twice';
    if (taken.has(instrumentId)) return `${instrumentId} is listed twice`;
    const isNew = !this.#byInstrument.has(instrumentId);
    const count = this.#byInstrument.size + taken.size;
    return isNew && count >= MAX_LISTINGS ? `more than ${MAX_LISTINGS} instruments` : null;
  }
}

function rankOf({ status }: ToldListing): number {
  return status === 'trading' ? 0 : 1;
}
