/** What a risk rule is. Rules are pure: all that they judge by is the order, the view and the limit that they are given. */
import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { QualityFlag } from '../market-data/quality-flags.ts';
import type { Side } from '../market-data/trade.ts';
import type { AccountView, AccountWide, Equity, Exit } from './account-view.ts';

/** An order as rules see it, before it is one. */
export interface CheckedOrder {
  readonly accountId: string;
  readonly strategyId: string;
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  /** Base units; of an order for an amount of cash, what that buys at the last price. */
  readonly quantity: Decimal;
  /** Cash that it takes or brings at most, fee included; at the last price where it has none of its own. */
  readonly notional: Decimal;
  /** Its limit; null: it takes the market's. */
  readonly price: Decimal | null;
  /** It only makes a position smaller. */
  readonly reduces: boolean;
}

/** How a limit is written: canonical decimals, fractions from 0 to 1, whole numbers from 0, and lists. */
export interface LimitKinds {
  readonly decimal: string;
  readonly ratio: number;
  readonly count: number;
  readonly instruments: readonly InstrumentId[];
  readonly flags: readonly QualityFlag[];
}
export type LimitKind = keyof LimitKinds;

/** What a limit may at most be, said once for every form that asks for one. */
export const MAX_COUNT = 1_000_000_000;
export const MAX_LISTED_INSTRUMENTS = 1000;

/** What a rule judges by beside the instance itself, whose figures are always at hand: so much has to be read for it. */
export type RuleReach = 'instance' | 'exits' | 'account' | 'account-equity';

interface RuleHead<Key extends string, Kind extends LimitKind> {
  /** Its name among the limits, stored and in REST: it stays, as the meaning of its limit does. */
  readonly key: Key;
  readonly kind: Kind;
  /** Of an account that says nothing. null: no limit. */
  readonly default: LimitKinds[Kind] | null;
  readonly description: string;
  /** Which way the limit gets stricter; a longer list is. */
  readonly stricter: 'less' | 'more';
  /**
   * `entries`: orders that only make a position smaller are not asked, since a limit must never keep anybody in a
   * position. `all`: they are.
   */
  readonly binds: 'entries' | 'all';
  /** What it denies may be allowed a candle later, though nothing was traded meanwhile. Left out: as a rule not. */
  readonly passes?: true;
}

/** @returns why the order may not be, with the limit and the figure that breaks it; null: it may. */
type Check<Seen, Kind extends LimitKind> = (
  order: CheckedOrder,
  seen: Seen,
  limit: LimitKinds[Kind],
) => string | null;

export interface RiskRule<Key extends string = string, Kind extends LimitKind = LimitKind> extends RuleHead<
  Key,
  Kind
> {
  readonly reach: RuleReach;
  // A method, so that rules of one kind are rules of any.
  check(order: CheckedOrder, view: AccountView, limit: LimitKinds[Kind]): string | null;
}

/** Judges by the instance alone. */
export function instanceRule<const Key extends string, const Kind extends LimitKind>(
  head: RuleHead<Key, Kind>,
  check: Check<AccountView, Kind>,
): RiskRule<Key, Kind> {
  return { ...head, reach: 'instance', check };
}

/** Judges by how the instance closed its positions. */
export function exitsRule<const Key extends string, const Kind extends LimitKind>(
  head: RuleHead<Key, Kind>,
  check: Check<{ readonly exits: readonly Exit[]; readonly nowMs: number }, Kind>,
): RiskRule<Key, Kind> {
  return {
    ...head,
    reach: 'exits',
    check: (order, { exits, nowMs }, limit) =>
      exits === null ? 'how positions were closed cannot be read' : check(order, { exits, nowMs }, limit),
  };
}

/** Judges by what the whole account holds. */
export function accountRule<const Key extends string, const Kind extends LimitKind>(
  head: RuleHead<Key, Kind>,
  check: Check<AccountWide, Kind>,
): RiskRule<Key, Kind> {
  return {
    ...head,
    reach: 'account',
    check: (order, { account }, limit) =>
      account === null ? 'what the account holds cannot be read' : check(order, account, limit),
  };
}

/** Judges by what the whole account is worth. */
export function accountEquityRule<const Key extends string, const Kind extends LimitKind>(
  head: RuleHead<Key, Kind>,
  check: Check<AccountWide & { readonly equity: Equity }, Kind>,
): RiskRule<Key, Kind> {
  return {
    ...head,
    reach: 'account-equity',
    check: (order, { account }, limit) => {
      if (account === null || account.equity === null) return 'what the account is worth cannot be read';
      return check(order, { ...account, equity: account.equity }, limit);
    },
  };
}
