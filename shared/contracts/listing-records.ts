/** What venues list, as it is kept: for each instrument every change, with the time from which it was known. */
import * as z from 'zod';
import { LISTING_STATUSES } from '../domain/market-data/listing.ts';
import { positiveDecimalText } from './decimal-text.ts';
import { instrumentId, timeMs } from './events.ts';

/** `null`: the venue says none. */
const amount = positiveDecimalText.nullable();

export const knownListing = z.strictObject({
  /** Since when it is known to be so. */
  fromMs: timeMs,
  instrumentId,
  symbol: z.string(),
  status: z.enum(LISTING_STATUSES),
  priceStep: amount,
  quantityStep: amount,
  leastQuantity: amount,
  leastNotional: amount,
});

/** Oldest first. */
export const listingRecord = z.strictObject({ changes: z.array(knownListing).readonly() });
export type ListingRecord = z.infer<typeof listingRecord>;
