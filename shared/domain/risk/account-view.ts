import type { Decimal } from '../decimal.ts';

/** Long and short amounts, both zero or more. */
export interface Exposure {
  readonly long: Decimal;
  readonly short: Decimal;
}

/** What something is worth, and what that is measured against. */
export interface Equity {
  readonly now: Decimal;
  /** At the first decision of the UTC day. */
  readonly dayOpen: Decimal;
}

/** What the rules know of the account that an order is for. */
export interface AccountView {
  /** Cash that the position of the instance in the order's instrument has cost, and what working orders may add to it. */
  readonly position: Exposure;
  /** Of the instance. */
  readonly equity: Equity;
}
