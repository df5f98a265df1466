import type { AccountView } from './account-view.ts';
import type { CheckedOrder, RiskRule } from './rule.ts';
import { RISK_RULES, type RiskLimits } from './rules.ts';

/** The rules of an account over an order, in their order. @returns why it may not be; null: it may. */
export function reasonByRules(order: CheckedOrder, view: AccountView, limits: RiskLimits): string | null {
  for (const rule of RISK_RULES as readonly RiskRule[]) {
    const limit = limits[rule.key as keyof RiskLimits];
    if (limit === null || (order.reduces && rule.binds === 'entries')) continue;
    const reason = rule.check(order, view, limit);
    if (reason !== null) return reason;
  }
  return null;
}
