import * as z from 'zod';
import { formatDecimal, parseDecimal } from '../domain/decimal.ts';

/** A canonical decimal: no exponent, no trailing zeros, at most 12 places. */
export const decimalText = z
  .string()
  .max(40)
  .refine(
    (text) => {
      const value = parseDecimal(text);
      return value !== null && formatDecimal(value) === text;
    },
    { error: 'expected a canonical decimal such as "61837.63"' },
  )
  .meta({ pattern: '^-?\\d+(\\.\\d{1,12})?$', examples: ['61837.63'] });

/** A decimal above zero. */
export const positiveDecimalText = decimalText.refine((text) => (parseDecimal(text) ?? 0n) > 0n, {
  error: 'expected a decimal above zero',
});

/** A decimal of zero or more. */
export const amountText = decimalText.refine((text) => (parseDecimal(text) ?? -1n) >= 0n, {
  error: 'expected a decimal of zero or more',
});
