import type { VenueEvent } from './venue.ts';

/**
 * Which market a message is of is read from where it was heard: another market of the same venue speaks of the same
 * symbols in the same words. A host that is none of the venue's own stands in for it, and is believed.
 */
interface MarketRule {
  /** The venue's own, with everything below them. */
  readonly domains: readonly string[];
  /** Of those, where this market is heard. */
  readonly hosts: RegExp;
  /** Paths of other markets, at whichever host. */
  readonly otherPaths: RegExp;
}

interface OwnMarket {
  /** @returns null: the address is of this market; else one line that says why not. */
  (url: string): string | null;
  readonly domains: readonly string[];
}

export function ownMarket(rule: MarketRule): OwnMarket {
  // The messages of a connection share their address, and reading it costs as much as reading the message.
  const causes = new Map<string, string | null>();
  const causeAt = (url: string): string | null => {
    const known = causes.get(url);
    if (known !== undefined) return known;
    const cause = causeOf(rule, url);
    // Questions differ in their parameters, so there is no end of addresses.
    if (causes.size >= MAX_ADDRESSES) causes.clear();
    causes.set(url, cause);
    return cause;
  };
  return Object.assign(causeAt, { domains: rule.domains });
}

/** What is heard at such an address is not read. */
export function otherMarket(cause: string): readonly VenueEvent[] {
  return [{ kind: 'set-aside', what: 'another market', cause }];
}

function causeOf({ domains, hosts, otherPaths }: MarketRule, url: string): string | null {
  const address = URL.parse(url);
  if (address === null) return null;
  const { pathname } = address;
  const hostname = address.hostname.replace(/\.$/, '');
  const isVenues = domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  const place = `${address.hostname}${pathname}`.slice(0, MAX_PLACE_CHARACTERS);
  if (isVenues && !hosts.test(hostname)) return `heard at ${place}`;
  return otherPaths.test(pathname) ? `heard at ${place}` : null;
}

const MAX_PLACE_CHARACTERS = 100;
const MAX_ADDRESSES = 200;
