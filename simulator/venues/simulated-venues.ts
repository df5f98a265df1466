import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { listingsOf } from '../market/listing.ts';
import { SimulatedMarket } from '../market/simulated-market.ts';
import { binanceProtocol } from './binance/protocol.ts';
import { coinbaseProtocol } from './coinbase/protocol.ts';
import { krakenProtocol } from './kraken/protocol.ts';
import type { VenueProtocol } from './protocol.ts';
import { SimulatedVenue, type SimulatedVenueOptions } from './simulated-venue.ts';
import type { FaultPlan } from './venue-faults.ts';

/** A venue is a folder beside this file, and its line here. */
const PROTOCOLS: Readonly<Record<Exchange, VenueProtocol>> = {
  binance: binanceProtocol,
  coinbase: coinbaseProtocol,
  kraken: krakenProtocol,
};

export interface SimulatedVenuesOptions extends Pick<SimulatedVenueOptions, 'time' | 'random' | 'historyMs'> {
  readonly seed: number;
  /** Of each venue. */
  readonly instruments: number;
  /** Of each instrument at each venue. */
  readonly tradesPerSecond: number;
  readonly faults?: ReadonlyMap<Exchange, FaultPlan>;
}

/** Every venue, over one market. */
export function simulatedVenues(options: SimulatedVenuesOptions): readonly SimulatedVenue[] {
  const { seed, instruments, tradesPerSecond, faults, ...others } = options;
  const market = new SimulatedMarket(seed, tradesPerSecond);
  return EXCHANGES.map((exchange) => {
    const plan = faults?.get(exchange);
    return new SimulatedVenue({
      ...others,
      protocol: PROTOCOLS[exchange],
      market,
      listings: listingsOf(exchange, instruments),
      ...(plan === undefined ? {} : { faults: plan }),
    });
  });
}
