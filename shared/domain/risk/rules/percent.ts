import { decimalFromNumber, formatDecimal } from '../../decimal.ts';

/** `0.1234567` → `12.3457 %`. */
export function percentOf(ratio: number): string {
  return `${formatDecimal(decimalFromNumber(Number((ratio * 100).toFixed(4))))} %`;
}
