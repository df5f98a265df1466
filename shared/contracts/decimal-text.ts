import * as z from 'zod';
import { formatDecimal, parseDecimal } from '../domain/decimal.ts';

/**
 * The grammar of canonical decimals above zero, for whoever is told of it: 26 digits before the point, 12 behind it,
 * none of them idle. A test holds it against the parser.
 */
const ABOVE_ZERO = '0\\.[0-9]{0,11}[1-9]|[1-9][0-9]{0,25}(\\.[0-9]{0,11}[1-9])?';

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
  .meta({ pattern: `^(0|-?(${ABOVE_ZERO}))$`, examples: ['61837.63'] });

/** A decimal above zero. */
export const positiveDecimalText = decimalText
  .refine((text) => (parseDecimal(text) ?? 0n) > 0n, { error: 'expected a decimal above zero' })
  .meta({ pattern: `^(${ABOVE_ZERO})$`, examples: ['61837.63'] });

/** A decimal of zero or more. */
export const amountText = decimalText
  .refine((text) => (parseDecimal(text) ?? -1n) >= 0n, { error: 'expected a decimal of zero or more' })
  .meta({ pattern: `^(0|${ABOVE_ZERO})$`, examples: ['0.5'] });

/** Cash that an instance starts with: above zero, at most 10^12. What is beyond is refused where instances are made. */
export const capitalText = positiveDecimalText.meta({
  pattern: '^(0\\.[0-9]{0,11}[1-9]|[1-9][0-9]{0,11}(\\.[0-9]{0,11}[1-9])?|1000000000000)$',
  examples: ['10000'],
});

/** A fee rate or slippage: zero or more, below 0.5. */
export const rateText = amountText.meta({
  pattern: '^0(\\.([1-4]|[0-4][0-9]{0,10}[1-9]))?$',
  examples: ['0.001'],
});
