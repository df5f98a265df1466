/** How numbers look: narrow gaps between thousands, a real minus, and as many places as a reader can use. */
import { placesOf, signOf, toFixed } from './exact-decimal.ts';

const GAP = '\u202f';
const MINUS = '\u2212';
/** Where a figure would be. */
export const NO_FIGURE = '–';

const CASH_PLACES = 2;
const COIN_PLACES = 8;
const MINIMUM_PRICE_PLACES = 2;
const PRICE_DIGITS = 9;
const SMALL_PRICE_PLACES = 8;
/** Of a price far below one, behind its zeros: averages of fills have twelve places. */
const SMALL_PRICE_DIGITS = 5;
const QUANTITY_DIGITS = 8;
const QUANTITY_PLACES = 6;
/** Of a quantity far below one, behind its zeros. */
const SMALL_QUANTITY_DIGITS = 5;
/** Of the ledger. */
const MOST_PLACES = 12;

/** `-1234567.5` → `−1 234 567.5` */
export function grouped(text: string): string {
  const negative = text.startsWith('-');
  const [integer = '', fraction] = text.replace('-', '').split('.');
  const digits = integer.replace(/\B(?=(\d{3})+$)/g, GAP);
  return `${negative ? MINUS : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** States' currencies, as browsers know them, and the coins that stand for one. */
const STATES = new Set(Intl.supportedValuesOf('currency'));
const STANDS_FOR_ONE = /USD|EUR|GBP|^DAI$/;

/** Of the least amount of it that is told apart: of another coin more, since a hundredth of a bitcoin is no cent. */
export function currencyPlaces(currency: string): number {
  return STATES.has(currency) || STANDS_FOR_ONE.test(currency) ? CASH_PLACES : COIN_PLACES;
}

function cashPlaces(text: string, currency: string): number {
  const places = currencyPlaces(currency);
  return places === CASH_PLACES ? places : Math.max(CASH_PLACES, Math.min(places, quantityPlaces(text)));
}

/** Cash for reading: to the cent, or, of a coin that is no money of a state, as a quantity. */
export function formatCash(text: string, currency: string): string {
  return grouped(toFixed(text, cashPlaces(text, currency)));
}

/** A profit, a loss or none. */
export function formatProfit(text: string, currency: string): string {
  return formatChange(text, cashPlaces(text, currency));
}

/** A change: always with its sign, but for what rounds to nothing. */
export function formatChange(text: string, places: number): string {
  const fixed = toFixed(text, places);
  return signOf(text) > 0 && /[1-9]/.test(fixed) ? `+${grouped(fixed)}` : grouped(fixed);
}

/** How many places the prices of an instrument need, so that they stand in line: as many as they have and a reader can use. */
export function pricePlaces(prices: readonly string[]): number {
  const [had, usable] = [placesOf, usablePricePlaces].map((places) => Math.max(0, ...prices.map(places)));
  return Math.max(MINIMUM_PRICE_PLACES, Math.min(had!, usable!));
}

function usablePricePlaces(price: string): number {
  const { digits, zeros } = magnitudeOf(price);
  if (digits > 0) return PRICE_DIGITS - digits;
  return Math.min(Math.max(SMALL_PRICE_PLACES, zeros + SMALL_PRICE_DIGITS), MOST_PLACES);
}

/** Digits before the point, none where there is but a zero; and the zeros right behind the point. */
function magnitudeOf(text: string): { readonly digits: number; readonly zeros: number } {
  const [integer = '', fraction = ''] = text.replace('-', '').split('.');
  const digits = integer === '0' ? 0 : integer.length;
  return { digits, zeros: fraction.length - fraction.replace(/^0+/, '').length };
}

export function formatPrice(text: string, places = pricePlaces([text])): string {
  return grouped(toFixed(text, places));
}

/** A quantity with the places that it has and a reader can use: of millions none, of millionths more than six. */
export function formatQuantity(text: string): string {
  return grouped(toFixed(text, quantityPlaces(text)));
}

function quantityPlaces(text: string): number {
  const { digits, zeros } = magnitudeOf(text);
  const usable =
    digits > 0
      ? Math.min(Math.max(QUANTITY_DIGITS - digits, 0), QUANTITY_PLACES)
      : Math.min(Math.max(QUANTITY_PLACES, zeros + SMALL_QUANTITY_DIGITS), MOST_PLACES);
  return Math.min(placesOf(text), usable);
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
