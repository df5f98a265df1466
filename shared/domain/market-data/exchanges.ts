/**
 * Every exchange, by the name that instruments, lanes and captures have it. Append only: its place in the list decides
 * where an exchange's lanes lie in a stream, so one that moved would move them while their state stays behind.
 */
export const EXCHANGES = ['binance', 'coinbase', 'kraken'] as const;

export type Exchange = (typeof EXCHANGES)[number];

export function isExchange(text: string): text is Exchange {
  return (EXCHANGES as readonly string[]).includes(text);
}

/** Whose market is meant where nobody says. */
export const DEFAULT_EXCHANGE: Exchange = 'binance';

/** @throws RangeError for an exchange that is not in the list. */
export function ordinalOf(exchange: string): number {
  const ordinal = (EXCHANGES as readonly string[]).indexOf(exchange);
  if (ordinal < 0) throw new RangeError(`exchange ${exchange}: expected one of ${EXCHANGES.join(', ')}`);
  return ordinal;
}
