import * as z from 'zod';
import { EXCHANGES } from '../domain/market-data/exchanges.ts';

/** The name of an exchange that there is. */
export const exchangeName = z.enum(EXCHANGES, {
  error: ({ input }) =>
    `unknown exchange ${JSON.stringify(input) ?? 'undefined'} (known: ${EXCHANGES.join(', ')})`,
});
