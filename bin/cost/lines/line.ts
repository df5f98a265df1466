/** One line of a bill. */
import { ofType, type Month } from '../month.ts';

export interface Line {
  readonly service: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  /** The quantity's own arithmetic. */
  readonly from: string;
  readonly unitUsd: number;
  readonly usd: number;
}

export function line(
  { prices }: Month,
  service: string,
  what: string,
  price: string,
  quantity: number,
  from: string,
): Line {
  const found = prices[price];
  if (found === undefined) throw new RangeError(`the price list has no ${price}`);
  const { usd: unitUsd, unit } = found;
  return { service, what, quantity: round(quantity), unit, from, unitUsd, usd: toCents(quantity * unitUsd) };
}

export function ofTemplate(month: Month, service: string, what: string, price: string, type: string): Line {
  return line(
    month,
    service,
    what,
    price,
    ofType(month.resources, type).length,
    'as many are in the template',
  );
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function toCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
