import type { Listing } from './listing.ts';

/** Ticks of the price, steps of the quantity. */
export type Level = readonly [priceTicks: number, quantitySteps: number];

/** The best level of each side comes first. */
export interface MarketBook {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The levels of a side that have changed; a quantity of 0: it is gone. */
export function changesOf(before: readonly Level[], after: readonly Level[]): readonly Level[] {
  const known = new Map(before);
  const changes: Level[] = [];
  for (const level of after) {
    const [price, quantity] = level;
    if (known.get(price) !== quantity) changes.push(level);
    known.delete(price);
  }
  for (const price of known.keys()) changes.push([price, 0]);
  return changes;
}

/**
 * As changes of a book of so many levels: of a level that falls out of it nobody is told, since there are better ones.
 * @param after the whole side.
 */
export function changesWithin(
  depth: number,
  before: readonly Level[],
  after: readonly Level[],
): readonly Level[] {
  const still = new Map(after);
  return changesOf(before.slice(0, depth), after.slice(0, depth)).filter(
    ([price, quantity]) => quantity > 0 || !still.has(price),
  );
}

/** The same book at other prices. @param factor one or more, so that no two levels fall together */
export function risen({ bids, asks }: MarketBook, factor: number): MarketBook {
  if (factor === 1) return { bids, asks };
  const at = ([price, quantity]: Level): Level => [Math.round(price * factor), quantity];
  return { bids: bids.map(at), asks: asks.map(at) };
}

/** A book whose best bid lies at its best ask or above it, as a venue has it that lost its way. */
export function crossed({ bids, asks }: MarketBook, { gridTicks }: Listing): MarketBook {
  const [bestAsk] = asks;
  if (bestAsk === undefined) return { bids, asks };
  return { bids: [[bestAsk[0] + gridTicks, bestAsk[1]], ...bids], asks };
}
