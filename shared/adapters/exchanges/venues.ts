import { binance } from './binance/venue.ts';
import { coinbase } from './coinbase/venue.ts';
import { kraken } from './kraken/venue.ts';
import type { Venue } from './venue.ts';

/** A venue is a folder beside this file, and its line here. */
const VENUES: readonly Venue[] = [binance, coinbase, kraken];

const venues = new Map<string, Venue>(VENUES.map((venue) => [venue.exchange, venue]));

/** Exchanges whose messages are understood. */
export const SUPPORTED_EXCHANGES: readonly string[] = [...venues.keys()];

/** Exchanges that can be listened to. */
export const LIVE_EXCHANGES: readonly string[] = VENUES.filter(({ live }) => live !== null).map(
  ({ exchange }) => exchange,
);

/** `null`: nobody here speaks with that exchange. */
export function venueOf(exchange: string): Venue | null {
  return venues.get(exchange) ?? null;
}
