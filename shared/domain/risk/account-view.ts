/**
 * What the rules know beside the order. It is told apart by what it takes to know it: of the instance that gives the
 * order, a live function reads a few items by their keys; what is of the whole account, and how the instance closed its
 * positions, it reads only where a limit asks for it. An engine keeps all of it in memory and changes it with each fill.
 */
import type { Decimal } from '../decimal.ts';
import type { QualityFlag } from '../market-data/quality-flags.ts';

/** Long and short amounts, both zero or more: of what is held, and of what working orders may add to it. */
export interface Exposure {
  readonly long: Decimal;
  readonly short: Decimal;
}

export const NO_EXPOSURE: Exposure = { long: 0n, short: 0n };

/** Cash that something has cost, and its quantity. */
export interface Holding {
  readonly notional: Exposure;
  readonly quantity: Exposure;
}

/** What something is worth, and what that is measured against. */
export interface Equity {
  readonly now: Decimal;
  /** At the first decision of the UTC day. */
  readonly dayOpen: Decimal;
  /** The most that it was worth at a decision, the present one included. */
  readonly peak: Decimal;
}

/** A position that was closed, or a part of one. */
export interface Exit {
  readonly timeMs: number;
  /** Proceeds − cost, with fees. */
  readonly profit: Decimal;
  readonly cost: Decimal;
}

/** The market data that the order rests on. */
export interface MarketView {
  /** Its last price. */
  readonly price: Decimal;
  /** How long ago it was so. */
  readonly ageMs: number;
  readonly flags: readonly QualityFlag[];
}

/** The account as a whole, from where the order stands. */
export interface AccountWide {
  /** All that the account has in the order's instrument. */
  readonly instrument: Holding;
  /** All that it has at the order's venue. */
  readonly venue: Exposure;
  readonly total: Exposure;
  /** Orders approved within the last minute. */
  readonly ordersInMinute: number;
  /** null: it could not be read, which denies where a limit asks for it. */
  readonly equity: Equity | null;
}

export interface AccountView {
  /** When it is decided, by the time of the market. */
  readonly nowMs: number;
  /** What the instance has in the order's instrument. */
  readonly position: Holding;
  /** What it has in all its instruments. */
  readonly strategy: Exposure;
  /** Of the instance. */
  readonly equity: Equity;
  /** Orders of the instance approved within the last minute. */
  readonly ordersInMinute: number;
  /** When the instance last gave an order of the same side, instrument and size; null: it did not, as far back as is known. */
  readonly likeOrderAtMs: number | null;
  readonly market: MarketView;
  /** How the instance closed its positions in the order's instrument, the newest 64; null: it could not be read. */
  readonly exits: readonly Exit[] | null;
  /** null: it could not be read. */
  readonly account: AccountWide | null;
}
