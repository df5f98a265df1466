import { EXCHANGES, type Exchange } from '../../domain/market-data/exchanges.ts';
import type { Market } from '../../domain/market-data/market.ts';
import type { VenueEndpoints } from './venue.ts';
import { venueOf } from './venues.ts';

/** The part of a name by which a venue's own test market is known: `testnet.binance.vision`, `demo-futures.kraken.com`. */
const OF_A_TEST_MARKET = /(^|[.-])(testnet|sandbox|demo)([.-]|$)/;

/**
 * The market that a message came from, by the address at which it was heard or asked: the venue's own is real; the
 * simulator, this machine, and whatever is no name of the public network are simulated.
 * @returns null for anything else, which says nothing
 */
export function marketOfUrl(exchange: Exchange, url: string): Market | null {
  const parsed = URL.parse(url);
  if (parsed === null) return null;
  if (parsed.protocol === 'simulator:') return 'simulated';
  const host = parsed.hostname.toLowerCase().replace(/\.$/, '');
  if (host === '') return null;
  if (venueOf(exchange).domains.some((domain) => host === domain || host.endsWith(`.${domain}`)))
    return OF_A_TEST_MARKET.test(host) ? 'simulated' : 'real';
  return isNearby(host) ? 'simulated' : null;
}

/** Trades would come from one market, and what fills their gaps from the other. The message is one line. */
export class MixedEndpoints extends Error {
  override readonly name = 'MixedEndpoints';
}

/**
 * Only a venue itself is real: an address that says nothing is a stand-in.
 * @param endpoints null: the venue's own
 * @throws MixedEndpoints
 */
export function marketOfVenue(exchange: string, endpoints: VenueEndpoints | null): Market {
  const known = EXCHANGES.find((name) => name === exchange);
  if (endpoints === null || known === undefined) return endpoints === null ? 'real' : 'simulated';
  const { ws, rest } = endpoints;
  const [ofTrades, ofGaps] = [ws, rest].map((url) => marketOfUrl(known, url) ?? 'simulated');
  if (ofTrades !== ofGaps)
    throw new MixedEndpoints(
      `${exchange}: ${ws} is of the ${ofTrades} market and ${rest} of the ${ofGaps} one`,
    );
  return ofTrades!;
}

/** `URL` has addresses in one form: `127.1` is `127.0.0.1` to it, and IPv6 stands in brackets. */
const NEARBY_ADDRESS =
  /^(0\.|10\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)[\d.]+$|^\[(::1?|::ffff:7f[\da-f]{2}:[\da-f]+|f[cd][\da-f]{2}:.*|fe[89ab][\da-f]:.*)\]$/;
const NEARBY_NAME = /(^|\.)(localhost|local|internal|localdomain|test|invalid|example)$/;

/** This machine and the network around it: a venue has a name with a dot, which anybody can look up. */
function isNearby(host: string): boolean {
  if (NEARBY_ADDRESS.test(host) || NEARBY_NAME.test(host)) return true;
  return !host.includes('.') && !host.startsWith('[');
}
