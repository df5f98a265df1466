import * as z from 'zod';
import { DEFAULT_EXCHANGE, EXCHANGES, isExchange, type Exchange } from '../domain/market-data/exchanges.ts';

/** The name of an exchange that there is. */
export const exchangeName = z.enum(EXCHANGES, {
  error: ({ input }) =>
    `unknown exchange ${JSON.stringify(input) ?? 'undefined'} (known: ${EXCHANGES.join(', ')})`,
});

/** A venue's own symbol: `BTCUSDT`, `BTC-USD`, `XBT/USD`, `币安人生USDT`. */
const VENUE_SYMBOL =
  /^[\p{Lu}\p{Lo}\p{Nd}][\p{L}\p{Nd}]{0,39}([-/][\p{Lu}\p{Lo}\p{Nd}][\p{L}\p{Nd}]{0,19})?$/u;

/** What is listened to, as a stage names it: `coinbase:BTC-USD`; without an exchange, of `DEFAULT_EXCHANGE`. */
export function isSymbolOfVenue(text: string): boolean {
  const { exchange, symbol } = partsOf(text);
  return isExchange(exchange) && VENUE_SYMBOL.test(symbol);
}

/** What is listened to by exchange, in the order of their first symbols. @throws RangeError naming an exchange that there is not */
export function symbolsByExchange(texts: readonly string[]): ReadonlyMap<Exchange, readonly string[]> {
  const byExchange = new Map<Exchange, string[]>();
  for (const text of texts) {
    const { exchange, symbol } = partsOf(text.trim());
    if (!isExchange(exchange))
      throw new RangeError(exchangeName.safeParse(exchange).error!.issues[0]!.message);
    byExchange.set(exchange, [...(byExchange.get(exchange) ?? []), symbol]);
  }
  return byExchange;
}

function partsOf(text: string): { readonly exchange: string; readonly symbol: string } {
  const at = text.indexOf(':');
  return at < 0
    ? { exchange: DEFAULT_EXCHANGE, symbol: text }
    : { exchange: text.slice(0, at), symbol: text.slice(at + 1) };
}
