/** The portfolio as REST shows it: each book marked at the market, and sums by currency. */
import * as z from 'zod';
import { accountQuery } from './account-routes.ts';
import { amountText, decimalText } from './decimal-text.ts';
import { positionView, timeMs } from './events.ts';

/** A book marked at the close of the latest 1s candle, or at its own entry where there is none yet. */
export const markedPosition = positionView.extend({
  /** null: flat, so nothing needs a price. */
  markPrice: decimalText.nullable(),
  markTimeMs: timeMs.nullable(),
  /** quantity × markPrice, rounded down. */
  value: amountText,
  /** value − cost. */
  unrealizedProfit: decimalText,
  /** cash + value. */
  equity: decimalText,
});
export type MarkedPosition = z.infer<typeof markedPosition>;

/** Cash of one currency is never added to cash of another. */
export const currencyTotal = z.strictObject({
  quoteCurrency: z.string(),
  cash: decimalText,
  value: amountText,
  equity: decimalText,
  realizedProfit: decimalText,
  unrealizedProfit: decimalText,
  feesPaid: amountText,
});
export type CurrencyTotal = z.infer<typeof currencyTotal>;

export const portfolioQuery = z.strictObject(accountQuery);

export const portfolioView = z.strictObject({
  accountId: z.string(),
  totals: z.array(currencyTotal).meta({ description: 'One for each quote currency, in order of its code.' }),
  positions: z.array(markedPosition),
});
