/** What an account holds in all, kept in sums: each change is one step, and a look from an order is a few look-ups. */
import { decimal, multiply, type Decimal } from '../decimal.ts';
import { exchangeOf, type InstrumentId } from '../market-data/instrument.ts';
import type { Fill } from '../orders/order.ts';
import { NO_EXPOSURE, type Exposure, type Holding } from './account-view.ts';

/** What an instance has in an instrument, and what its working orders may add to that. */
export interface Share {
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly held: Holding;
  readonly reserved: Holding;
}

export const NOTHING_HELD: Holding = { notional: NO_EXPOSURE, quantity: NO_EXPOSURE };

/** What a working order may still add when so much of it has filled. */
export function reservedAfter(
  { notional, quantity }: Holding,
  fill: Pick<Fill, 'notional' | 'quantity'>,
): Holding {
  return longHolding(
    notBelowZero(notional.long - decimal(fill.notional)),
    notBelowZero(quantity.long - decimal(fill.quantity)),
  );
}

/** It was reserved at another price than it filled at. */
function notBelowZero(value: Decimal): Decimal {
  return value < 0n ? 0n : value;
}

export interface SeenFromOrder {
  readonly instrument: Holding;
  readonly venue: Exposure;
  readonly total: Exposure;
}

export class AccountBooks {
  readonly #shares = new Map<string, Share>();
  readonly #instruments = new Map<InstrumentId, Holding>();
  readonly #venues = new Map<string, Exposure>();
  #total = NO_EXPOSURE;

  constructor(shares: Iterable<Share> = []) {
    for (const share of shares) this.put(share);
  }

  /** In place of what was known of that instance in that instrument. */
  put(share: Share): void {
    const key = `${share.strategyId} ${share.instrumentId}`;
    const before = this.#shares.get(key);
    if (before !== undefined) this.#add(before, -1n);
    this.#add(share, 1n);
    if (isNothing(share)) this.#shares.delete(key);
    else this.#shares.set(key, share);
  }

  /** Those that hold or reserve something. */
  shares(): readonly Share[] {
    return [...this.#shares.values()];
  }

  seenFrom(instrumentId: InstrumentId): SeenFromOrder {
    return {
      instrument: this.#instruments.get(instrumentId) ?? NOTHING_HELD,
      venue: this.#venues.get(exchangeOf(instrumentId)) ?? NO_EXPOSURE,
      total: this.#total,
    };
  }

  #add({ instrumentId, held, reserved }: Share, sign: bigint): void {
    const venue = exchangeOf(instrumentId);
    for (const part of [held, reserved]) {
      const sum = this.#instruments.get(instrumentId) ?? NOTHING_HELD;
      this.#instruments.set(instrumentId, {
        notional: plus(sum.notional, part.notional, sign),
        quantity: plus(sum.quantity, part.quantity, sign),
      });
      this.#venues.set(venue, plus(this.#venues.get(venue) ?? NO_EXPOSURE, part.notional, sign));
      this.#total = plus(this.#total, part.notional, sign);
    }
  }
}

function plus(sum: Exposure, part: Exposure, sign: bigint): Exposure {
  return { long: sum.long + sign * part.long, short: sum.short + sign * part.short };
}

function isNothing({ held, reserved }: Share): boolean {
  return [held, reserved].every(
    ({ notional, quantity }) =>
      notional.long === 0n && notional.short === 0n && quantity.long === 0n && quantity.short === 0n,
  );
}

/** A long holding. */
export function longHolding(notional: Decimal, quantity: Decimal): Holding {
  return { notional: { long: notional, short: 0n }, quantity: { long: quantity, short: 0n } };
}

/** Cash and positions at these prices. @returns null when there is no price of something that is held. */
export function worthOf(
  books: Iterable<{
    readonly cash: Decimal;
    readonly quantity: Decimal;
    readonly instrumentId: InstrumentId;
  }>,
  priceOf: (instrumentId: InstrumentId) => Decimal | null,
): Decimal | null {
  let worth = 0n;
  for (const { cash, quantity, instrumentId } of books) {
    worth += cash;
    if (quantity === 0n) continue;
    const price = priceOf(instrumentId);
    if (price === null) return null;
    worth += multiply(quantity, price);
  }
  return worth;
}
