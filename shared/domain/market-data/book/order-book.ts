import { DECIMAL_PLACES, formatDecimal, parseDecimal } from '../../decimal.ts';
import { BookSide, type Level } from './book-side.ts';
import { FIRST_SCALE, NEEDS_FINER_SCALE, priceKeyOf, type PriceKey, type PriceScale } from './price-scale.ts';
import { unitsOf } from './quantity-units.ts';

/** As a venue wrote it, without an exponent. A quantity of zero takes the level away. */
export type ToldLevel = readonly [price: string, quantity: string];

export interface ToldLevels {
  readonly bids: readonly ToldLevel[];
  readonly asks: readonly ToldLevel[];
}

/** A venue with more of them on one side has somebody making them up: the worst are let go. */
export const MAX_LEVELS = 250_000;

/**
 * Who offers to buy and to sell, at which prices: exact, sorted, of any depth. It knows nothing of numbers or checksums;
 * whether it is whole is for its keeper to say.
 */
export class OrderBook {
  readonly bids = new BookSide('bids');
  readonly asks = new BookSide('asks');
  #scale: PriceScale = FIRST_SCALE;

  /** Begins anew. @returns null, or one line about a level that is none: then the book is empty. */
  load({ bids, asks }: ToldLevels): string | null {
    this.bids.clear();
    this.asks.clear();
    this.#scale = FIRST_SCALE;
    return this.#fill(this.bids, bids) ?? this.#fill(this.asks, asks);
  }

  /** Quantities are absolute. @returns null, or one line about a level that is none: those before it are applied. */
  apply({ bids, asks }: ToldLevels): string | null {
    return this.#change(this.bids, bids) ?? this.#change(this.asks, asks);
  }

  /** Keeps so many of the best levels of each side. */
  truncate(depth: number): void {
    this.bids.truncate(depth);
    this.asks.truncate(depth);
  }

  /** Somebody offers to buy at a price at which somebody offers to sell: no venue lets that stand. */
  get isCrossed(): boolean {
    const bid = this.bids.best;
    const ask = this.asks.best;
    return bid !== null && ask !== null && bid.key >= ask.key;
  }

  #fill(side: BookSide, told: readonly ToldLevel[]): string | null {
    const levels: Level[] = [];
    const filled: [Level, number][] = [];
    for (const [price, quantity] of told) {
      const key = this.#keyOf(price, levels);
      const units = unitsOf(quantity);
      if (key === null || units === null) return this.#refuse(price, quantity);
      if (units === 0) continue;
      const level = { key, price, quantity };
      levels.push(level);
      filled.push([level, units]);
    }
    side.replace(filled);
    return null;
  }

  #refuse(price: string, quantity: string): string {
    this.bids.clear();
    this.asks.clear();
    return notALevel(price, quantity);
  }

  #change(side: BookSide, told: readonly ToldLevel[]): string | null {
    for (const [price, quantity] of told) {
      const key = this.#keyOf(price, NONE);
      const units = unitsOf(quantity);
      if (key === null || units === null) return notALevel(price, quantity);
      if (units !== 0) side.set(key, price, quantity, units);
      else side.remove(key);
    }
    return null;
  }

  /** @param beside levels that are on their way into the book. */
  #keyOf(price: string, beside: readonly Level[]): PriceKey | null {
    for (;;) {
      const key = priceKeyOf(price, this.#scale);
      if (key !== NEEDS_FINER_SCALE) return key;
      this.#refine([this.bids.levels, this.asks.levels, beside]);
    }
  }

  /** Gives all levels keys of the next scale that holds them. */
  #refine(levels: readonly (readonly Level[])[]): void {
    let scale = this.#scale.finer!;
    while (!levels.every((some) => rescale(some, scale))) scale = scale.finer!;
    this.bids.rekeyed();
    this.asks.rekeyed();
    this.#scale = scale;
  }
}

const NONE: readonly Level[] = [];

/** @returns whether the scale holds the prices of all of them; if not, some have keys of it nevertheless. */
function rescale(levels: readonly Level[], scale: PriceScale): boolean {
  for (const level of levels) {
    const key = priceKeyOf(level.price, scale);
    if (key === NEEDS_FINER_SCALE || key === null) return false;
    level.key = key;
  }
  return true;
}

function notALevel(price: string, quantity: string): string {
  return `a level of ${JSON.stringify(quantity)} at ${JSON.stringify(price)}: expected a price above zero with at most ${DECIMAL_PLACES} places and a quantity`;
}

/** [price, quantity] of the best levels, the best first, as canonical decimals. */
export function topLevels(side: BookSide, count: number): [price: string, quantity: string][] {
  const top: [string, string][] = [];
  const { levels } = side;
  for (let n = levels.length - 1; n >= 0 && top.length < count; n--)
    top.push([canonical(levels[n]!.price), canonical(levels[n]!.quantity)]);
  return top;
}

/** Quantities are rounded down to the places that a decimal has. */
export function canonical(told: string): string {
  const point = told.indexOf('.');
  const end = point < 0 ? told.length : Math.min(told.length, point + 1 + DECIMAL_PLACES);
  if (isPlain(told, point, end)) return told.slice(0, endOfDigits(told, point, end));
  const text = told.slice(0, end);
  const value = parseDecimal(text);
  return value === null ? told : formatDecimal(value);
}

const CODE_0 = 48;
const CODE_9 = 57;

/** Digits with or without a point among them, and no zero in front that is not meant: nearly all that venues write. */
function isPlain(told: string, point: number, end: number): boolean {
  if (point === 0 || point === told.length - 1 || end > MAX_PLAIN_LENGTH) return false;
  if (told.charCodeAt(0) === CODE_0 && end > 1 && point !== 1) return false;
  for (let n = 0; n < told.length; n++) {
    const code = told.charCodeAt(n);
    if ((code < CODE_0 || code > CODE_9) && n !== point) return false;
  }
  return told.length > 0;
}

/** Fewer digits than a decimal may have, on either side of the point. */
const MAX_PLAIN_LENGTH = 26;

/** Without the zeros at the end of a fraction, and without a point that nothing is left behind. */
function endOfDigits(told: string, point: number, end: number): number {
  if (point < 0) return end;
  let digits = end;
  while (told.charCodeAt(digits - 1) === CODE_0) digits--;
  return digits - 1 === point ? point : digits;
}
