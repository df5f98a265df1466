import { EXCHANGES, type Exchange } from '../../domain/market-data/exchanges.ts';
import { binance } from './binance/venue.ts';
import { coinbase } from './coinbase/venue.ts';
import { kraken } from './kraken/venue.ts';
import type { Venue } from './venue.ts';

/** A venue is a folder beside this file, and its line here: every exchange that there is has one. */
const VENUES: Readonly<Record<Exchange, Venue>> = { binance, coinbase, kraken };

/** Exchanges that can be listened to. */
export const LIVE_EXCHANGES: readonly Exchange[] = EXCHANGES.filter(
  (exchange) => VENUES[exchange].live !== null,
);

export function venueOf(exchange: Exchange): Venue {
  return VENUES[exchange];
}
