/** What is asked of a venue, as it is stored and travels: decimal texts, and whose order each is about. */
import { decimal, formatDecimal } from '../decimal.ts';
import type { Change, Distance, LinkedOrder, PricesOfEntry, Siblings } from './command.ts';
import { workingOrderOf } from './market-fill.ts';
import type { Order } from './order.ts';
import type { OrderIdentity } from './working-order.ts';
import type { WrittenTrail } from './written-terms.ts';

export type VenueCommand = SubmitWritten | CancelWritten | ReplaceWritten | WithdrawWritten;

/** Orders that belong together come together: all of one holder and one instrument. */
export interface SubmitWritten {
  readonly kind: 'submit';
  readonly orders: readonly WrittenLinkedOrder[];
}

export interface CancelWritten {
  readonly kind: 'cancel';
  readonly order: OrderIdentity;
}

export interface ReplaceWritten {
  readonly kind: 'replace';
  readonly order: OrderIdentity;
  readonly change: WrittenChange;
}

/** Ends an order of which nobody knows whether it was ever sent. */
export interface WithdrawWritten {
  readonly kind: 'withdraw';
  readonly order: Order;
  readonly reason: string;
}

/** An order that stands alone has none of the fields that may be left out. */
export interface WrittenLinkedOrder extends Order, WrittenLinks {}

export interface WrittenLinks {
  readonly siblings?: Siblings | undefined;
  readonly parentId?: string | undefined;
  readonly isHeld?: true | undefined;
  readonly ofEntry?: WrittenPricesOfEntry | undefined;
}

export interface WrittenChange {
  /** In all, with what is filled already. */
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly stopPrice?: string | undefined;
  readonly trail?: WrittenTrail | undefined;
}

interface WrittenDistance {
  readonly by: Distance['by'];
  /** Signed. */
  readonly value: string;
}

export interface WrittenPricesOfEntry {
  readonly stopPrice?: WrittenDistance | undefined;
  readonly price?: WrittenDistance | undefined;
  readonly activationPrice?: WrittenDistance | undefined;
}

export function linkedOrderOf(written: WrittenLinkedOrder): LinkedOrder {
  return { order: workingOrderOf(written), ...linksOf(written) };
}

export function linksOf({ siblings, parentId, isHeld, ofEntry }: WrittenLinks): Omit<LinkedOrder, 'order'> {
  return {
    siblings: siblings ?? null,
    parentId: parentId ?? null,
    isHeld: isHeld === true,
    ...(ofEntry === undefined ? {} : { ofEntry: pricesOf(ofEntry) }),
  };
}

export function writtenLinks({
  siblings,
  parentId,
  isHeld,
  ofEntry,
}: Omit<LinkedOrder, 'order'>): WrittenLinks {
  return {
    ...(siblings === null ? {} : { siblings }),
    ...(parentId === null ? {} : { parentId }),
    ...(isHeld ? { isHeld } : {}),
    ...(ofEntry === undefined ? {} : { ofEntry: writtenPrices(ofEntry) }),
  };
}

const PRICES = ['stopPrice', 'price', 'activationPrice'] as const;

function pricesOf(written: WrittenPricesOfEntry): PricesOfEntry {
  const prices: { -readonly [Price in keyof PricesOfEntry]: PricesOfEntry[Price] } = {};
  for (const field of PRICES) {
    const distance = written[field];
    if (distance !== undefined) prices[field] = { by: distance.by, value: decimal(distance.value) };
  }
  return prices;
}

function writtenPrices(prices: PricesOfEntry): WrittenPricesOfEntry {
  return Object.fromEntries(
    PRICES.flatMap((field) => {
      const distance = prices[field];
      return distance === undefined
        ? []
        : [[field, { by: distance.by, value: formatDecimal(distance.value) }]];
    }),
  );
}

export function changeOf({ quantity, price, stopPrice, trail }: WrittenChange): Change {
  return {
    ...(quantity === undefined ? {} : { quantity: decimal(quantity) }),
    ...(price === undefined ? {} : { price: decimal(price) }),
    ...(stopPrice === undefined ? {} : { stopPrice: decimal(stopPrice) }),
    ...(trail === undefined ? {} : { trail: { by: trail.by, value: decimal(trail.value) } }),
  };
}
