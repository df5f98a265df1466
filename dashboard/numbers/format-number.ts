/** How numbers look: narrow gaps between thousands, a real minus, and as many places as a reader can use. */
import { placesOf, signOf, toFixed } from './exact-decimal.ts';

const GAP = '\u202f';
const MINUS = '\u2212';
/** Where a figure would be. */
export const NO_FIGURE = '–';

const CASH_PLACES = 2;
const MINIMUM_PRICE_PLACES = 2;
const MAXIMUM_PRICE_PLACES = 8;
const MAXIMUM_QUANTITY_PLACES = 6;

/** `-1234567.5` → `−1 234 567.5` */
export function grouped(text: string): string {
  const negative = text.startsWith('-');
  const [integer = '', fraction] = text.replace('-', '').split('.');
  const digits = integer.replace(/\B(?=(\d{3})+$)/g, GAP);
  return `${negative ? MINUS : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Cash to the cent, for reading. */
export function formatCash(text: string): string {
  return grouped(toFixed(text, CASH_PLACES));
}

/** A profit or a change: always with its sign, but for what rounds to nothing. */
export function formatChange(text: string, places = CASH_PLACES): string {
  const fixed = toFixed(text, places);
  return signOf(text) > 0 && /[1-9]/.test(fixed) ? `+${grouped(fixed)}` : grouped(fixed);
}

/** How many places the prices of an instrument need, so that they stand in line: between 2 and 8. */
export function pricePlaces(prices: readonly string[]): number {
  const most = prices.reduce((places, price) => Math.max(places, placesOf(price)), MINIMUM_PRICE_PLACES);
  return Math.min(most, MAXIMUM_PRICE_PLACES);
}

export function formatPrice(text: string, places = pricePlaces([text])): string {
  return grouped(toFixed(text, places));
}

/** A quantity with the places that it has, at most six. */
export function formatQuantity(text: string): string {
  return grouped(toFixed(text, Math.min(placesOf(text), MAXIMUM_QUANTITY_PLACES)));
}

/** 0.0123 → `+1.23 %`. */
export function formatRatioChange(ratio: number): string {
  const text = grouped((ratio * 100).toFixed(2));
  const isNothing = !/[1-9]/.test(text);
  if (isNothing) return `0.00${GAP}%`;
  return `${ratio > 0 ? '+' : ''}${text}${GAP}%`;
}

export function formatCount(count: number): string {
  return grouped(String(count));
}

/** 850 µs, 12.4 ms, 3.2 s, 4 min: two or three digits that matter. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)}${GAP}µs`;
  if (ms < 100) return `${Number(ms.toFixed(1))}${GAP}ms`;
  if (ms < 1000) return `${Math.round(ms)}${GAP}ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))}${GAP}s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)}${GAP}min`;
  return `${Math.round(ms / 3_600_000)}${GAP}h`;
}
