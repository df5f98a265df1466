/** What a risk rule is. Rules are pure: all that they judge by is the order, the view and the limit that they are given. */
import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Side } from '../market-data/trade.ts';
import type { AccountView } from './account-view.ts';

/** An order as rules see it, before it is one. */
export interface CheckedOrder {
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  /** Base units; of an order for an amount of cash, what that buys at the reference price. */
  readonly quantity: Decimal;
  /** Cash that it takes or brings at most, fee included; at the reference price where it has no price of its own. */
  readonly notional: Decimal;
  /** It only makes a position smaller. */
  readonly reduces: boolean;
}

/** How a limit is written: money and quantities as canonical decimals, fractions from 0 to 1, whole numbers from 0. */
export interface LimitKinds {
  readonly decimal: string;
  readonly ratio: number;
  readonly count: number;
}
export type LimitKind = keyof LimitKinds;

/** What a limit may at most be, said once for every form that asks for one. */
export const MAX_COUNT = 1_000_000_000;

export interface RiskRule<Key extends string = string, Kind extends LimitKind = LimitKind> {
  /** Its name among the limits, stored and in REST: it stays, as the meaning of its limit does. */
  readonly key: Key;
  readonly kind: Kind;
  /** Of an account that says nothing. null: no limit. */
  readonly default: LimitKinds[Kind] | null;
  readonly description: string;
  /**
   * `entries`: orders that only make a position smaller are not asked, since a limit must never keep anybody in a
   * position. `all`: they are.
   */
  readonly binds: 'entries' | 'all';
  /** @returns why the order may not be, with the limit and the figure that breaks it; null: it may. */
  check(order: CheckedOrder, view: AccountView, limit: LimitKinds[Kind]): string | null;
}

/** A rule with its types as narrow as they are written. */
export function riskRule<const Key extends string, const Kind extends LimitKind>(
  rule: RiskRule<Key, Kind>,
): RiskRule<Key, Kind> {
  return rule;
}
