import { mix, uniform } from '../synthetic-prices.ts';
import { channelOf, type Listing } from './listing.ts';
import type { Level, MarketBook } from './market-book.ts';
import { marketFactor } from './price-path.ts';

/** Depth goes out so often, and trades with it. */
export const TICK_MS = 100;
const TICKS_A_SECOND = 1000 / TICK_MS;

/** A print of the market. */
export interface MarketTrade {
  /** Numbers run on without a gap from each second to the next. */
  readonly number: number;
  readonly priceTicks: number;
  readonly quantitySteps: number;
  readonly timeMs: number;
  /** The aggressor bought. */
  readonly isBuy: boolean;
}

interface Best {
  /** Of the grid of prices. */
  readonly bidIndex: number;
  readonly askIndex: number;
}

/** Places of the grid on each side where somebody may offer. */
const PLACES = 40;
const MOST_LOTS = 200;
/** Of the best level, what is taken within a tick. */
const MOST_TAKEN = 0.3;

const OF_OFFSET = 1_000_000;
const OF_SPREAD = 2_000_000;
const OF_LIFE = 3_000_000;
const OF_BIDS = 4_000_000;
const OF_ASKS = 5_000_000;
const OF_TRADES = 6_000_000;
const OF_TIMES = 7_000_000;

/**
 * One market that several venues trade: correlated instruments, jumps, real spreads, and books that agree with their trades.
 * Everything follows from the seed, the instrument and the time asked for, so that any second can be had without those
 * before it: a venue that opens now has a past, and the same one every time.
 *
 * The book of a tick is what stands at its end. A trade takes from the best level that the tick before left, at most a part
 * of it, and what it took is missing from the book of its own tick.
 */
export class SimulatedMarket {
  readonly #seed: number;
  readonly #tradesPerSecond: number;

  /** @param tradesPerSecond of each instrument at each venue, one or more. */
  constructor(seed: number, tradesPerSecond: number) {
    this.#seed = seed;
    this.#tradesPerSecond = tradesPerSecond;
  }

  /** @param tick since the epoch, of `TICK_MS` each. */
  tradesOf(listing: Listing, tick: number): readonly MarketTrade[] {
    const seed = this.#seed;
    const perSecond = this.#tradesPerSecond;
    const channel = channelOf(listing);
    const fromMs = tick * TICK_MS;
    const first = Math.floor((fromMs * perSecond) / 1000) - 1;
    const last = Math.ceil(((fromMs + TICK_MS) * perSecond) / 1000);
    const numbers: (readonly [number: number, timeMs: number])[] = [];
    for (let number = first; number <= last; number++) {
      const timeMs = Math.floor(((number + uniform(seed, OF_TIMES + channel, number)) * 1000) / perSecond);
      if (timeMs >= fromMs && timeMs < fromMs + TICK_MS) numbers.push([number, timeMs]);
    }
    if (numbers.length === 0) return [];
    const best = this.#bestOf(listing, tick - 1);
    const bid = this.#levelAt(listing, OF_BIDS, best.bidIndex, tick - 1, true)!;
    const ask = this.#levelAt(listing, OF_ASKS, best.askIndex, tick - 1, true)!;
    return numbers.map(([number, timeMs]) => {
      const chance = mix(seed, OF_TRADES + channel, number);
      const isBuy = (chance & 1) === 1;
      const [priceTicks, offered] = isBuy ? ask : bid;
      const share = (MOST_TAKEN * (1 + ((chance >>> 8) & 0xffff))) / 0x10000 / numbers.length;
      const quantitySteps = Math.max(1, Math.floor(offered * share));
      return { number, priceTicks, quantitySteps, timeMs, isBuy };
    });
  }

  bookOf(listing: Listing, tick: number): MarketBook {
    const { bidIndex, askIndex } = this.#bestOf(listing, tick);
    const bids: Level[] = [];
    const asks: Level[] = [];
    for (let n = 0; n < PLACES; n++) {
      const bid = this.#levelAt(listing, OF_BIDS, bidIndex - n, tick, n === 0);
      const ask = this.#levelAt(listing, OF_ASKS, askIndex + n, tick, n === 0);
      if (bid !== null) bids.push(bid);
      if (ask !== null) asks.push(ask);
    }
    for (const { isBuy, priceTicks, quantitySteps } of this.tradesOf(listing, tick))
      take(isBuy ? asks : bids, priceTicks, quantitySteps);
    return { bids, asks };
  }

  #bestOf(listing: Listing, tick: number): Best {
    const { levelTicks, gridTicks, asset } = listing;
    const channel = channelOf(listing);
    const factor = marketFactor(this.#seed, asset, channel, tick / TICKS_A_SECOND);
    const middle = (levelTicks * factor) / gridTicks;
    const spread = 1 + (mix(this.#seed, OF_SPREAD + channel, tick >>> 3) % 3);
    const bidIndex = Math.floor(middle - spread / 2);
    return { bidIndex, askIndex: bidIndex + spread };
  }

  /**
   * A level keeps its quantity for a while of its own, and every fifth place is empty.
   * @param isBest somebody offers there for certain.
   */
  #levelAt(listing: Listing, side: number, index: number, tick: number, isBest: boolean): Level | null {
    const seed = this.#seed;
    const channel = channelOf(listing);
    const fate = mix(seed, OF_LIFE + channel, index);
    const life = 8 << (fate & 3);
    const chance = mix(seed + index, side + channel, Math.floor((tick + (fate >>> 8)) / life));
    if (!isBest && chance % 5 === 0) return null;
    const { gridTicks, lotSteps } = listing;
    const offset = mix(seed, OF_OFFSET + channel, index) % gridTicks;
    const lots = 20 + ((chance >>> 4) % MOST_LOTS);
    return [index * gridTicks + offset, lots * lotSteps + ((chance >>> 12) % lotSteps)];
  }
}

function take(levels: Level[], priceTicks: number, quantitySteps: number): void {
  const at = levels.findIndex(([price]) => price === priceTicks);
  if (at >= 0) levels[at] = [priceTicks, Math.max(1, levels[at]![1] - quantitySteps)];
}
