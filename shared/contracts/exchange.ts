import * as z from 'zod';
import { EXCHANGES } from '../domain/market-data/exchanges.ts';

/** The name of an exchange that there is. */
export const exchangeName = z.enum(EXCHANGES, {
  error: ({ input }) =>
    `unknown exchange ${JSON.stringify(input) ?? 'undefined'} (known: ${EXCHANGES.join(', ')})`,
});

/** A venue's own symbol as a stage names it: `BTCUSDT`, `BTC-USD`, `XBT/USD`, `币安人生USDT`. */
export const VENUE_SYMBOL =
  /^[\p{Lu}\p{Lo}\p{Nd}][\p{L}\p{Nd}]{0,39}([-/][\p{Lu}\p{Lo}\p{Nd}][\p{L}\p{Nd}]{0,19})?$/u;
