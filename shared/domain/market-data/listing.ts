import type { InstrumentId } from './instrument.ts';

/** What a venue's catalogue says of one instrument. Steps and least amounts are canonical decimals; null: it says none. */
export interface Listing {
  readonly instrumentId: InstrumentId;
  /** The venue's own, as its messages name it. */
  readonly symbol: string;
  /** `trading`: orders are taken and matched. `halted`: listed, and not so now. `delisted`: the catalogue has it no more. */
  readonly status: ListingStatus;
  readonly priceStep: string | null;
  readonly quantityStep: string | null;
  readonly leastQuantity: string | null;
  readonly leastNotional: string | null;
}

export const LISTING_STATUSES = ['trading', 'halted', 'delisted'] as const;
export type ListingStatus = (typeof LISTING_STATUSES)[number];

/** Whether both say the same. */
export function isSameListing(a: Listing, b: Listing): boolean {
  return (
    a.instrumentId === b.instrumentId &&
    a.symbol === b.symbol &&
    a.status === b.status &&
    a.priceStep === b.priceStep &&
    a.quantityStep === b.quantityStep &&
    a.leastQuantity === b.leastQuantity &&
    a.leastNotional === b.leastNotional
  );
}

/** A listing, and since when it is known to be so. */
export interface KnownListing extends Listing {
  readonly fromMs: number;
}

/** Changes that are kept of one instrument: a venue that halts it twice a day fills them in months. */
export const MAX_CHANGES = 200;

/** @param changes of one instrument, oldest first. @returns those with this one, or null: it says what is known already. */
export function withChange(
  changes: readonly KnownListing[],
  listing: Listing,
  fromMs: number,
): readonly KnownListing[] | null {
  const next = changes.findIndex((change) => change.fromMs > fromMs);
  const at = next < 0 ? changes.length : next;
  const before = changes[at - 1];
  if (before !== undefined && isSameListing(before, listing)) return null;
  const { instrumentId, symbol, status, priceStep, quantityStep, leastQuantity, leastNotional } = listing;
  const steps = { priceStep, quantityStep, leastQuantity, leastNotional };
  const change = { fromMs, instrumentId, symbol, status, ...steps };
  const from = before?.fromMs === fromMs ? at - 1 : at;
  return [...changes.slice(0, from), change, ...changes.slice(at)].slice(-MAX_CHANGES);
}

/** What was known at a time. `null`: nothing yet. */
export function listingAt(changes: readonly KnownListing[], timeMs: number): KnownListing | null {
  return changes.findLast(({ fromMs }) => fromMs <= timeMs) ?? null;
}
