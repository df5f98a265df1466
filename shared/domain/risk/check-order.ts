import type { AccountView } from './account-view.ts';
import type { CheckedOrder, RiskRule } from './rule.ts';
import { RISK_RULES, type RiskLimits } from './rules.ts';
import { reasonByStates, type TradingStates } from './trading-state.ts';

/** Whether trading is stopped, what the account allows, and what is known of it. null: it could not be read. */
export interface RiskState {
  readonly killSwitchEngaged: boolean | null;
  readonly states: TradingStates | null;
  readonly limits: RiskLimits | null;
}

export interface Denial {
  /**
   * `state`: somebody stopped it, or it cannot be told that nobody did: that may be lifted at any time.
   * `rule`: a limit is reached. `desk`: the desk has nothing to give the order from, or waits for another one.
   */
  readonly by: 'state' | 'rule' | 'desk';
  /** Key of the rule, where it is one. */
  readonly rule: string | null;
  /** In one line, with the limit and the figure that breaks it. */
  readonly reason: string;
  /** It may be otherwise a candle later, though the advice and the position are the same: then it is decided upon again. */
  readonly passes: boolean;
}

/**
 * Whether an order may be. What cannot be read denies, and an order that only makes a position smaller is asked for by
 * the states and by few rules.
 * @param nowMs the time that states end by. @returns why it may not be; null: it may.
 */
export function denialOf(
  order: CheckedOrder,
  view: AccountView,
  risk: RiskState,
  nowMs: number,
): Denial | null {
  return denialByState(order, risk, nowMs) ?? denialByRules(order, view, risk.limits);
}

/** What denies whatever the order's size and the account's figures are. */
export function denialByState(
  order: Pick<CheckedOrder, 'accountId' | 'strategyId' | 'instrumentId' | 'reduces'>,
  { killSwitchEngaged, states }: Pick<RiskState, 'killSwitchEngaged' | 'states'>,
  nowMs: number,
): Denial | null {
  if (killSwitchEngaged === null) return byState('the kill switch cannot be read');
  if (killSwitchEngaged) return byState('the kill switch is engaged');
  if (states === null) return byState('the trading states cannot be read');
  const stopped = reasonByStates(order, states, nowMs);
  return stopped === null ? null : byState(stopped);
}

export function denialByRules(
  order: CheckedOrder,
  view: AccountView,
  limits: RiskLimits | null,
): Denial | null {
  if (limits === null) return byState('the risk limits cannot be read');
  for (const rule of RISK_RULES as readonly RiskRule[]) {
    const limit = limits[rule.key as keyof RiskLimits];
    if (limit === null || (order.reduces && rule.binds === 'entries')) continue;
    const reason = rule.check(order, view, limit);
    if (reason !== null)
      return { by: 'rule', rule: rule.key, reason: `${rule.key}: ${reason}`, passes: rule.passes === true };
  }
  return null;
}

function byState(reason: string): Denial {
  return { by: 'state', rule: null, reason, passes: true };
}
