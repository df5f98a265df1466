/**
 * Every risk rule, once: the limits of an account, their defaults, how they are stored, what REST takes and OpenAPI
 * says, and the page's form follow from this list. A new rule is a file and a line here.
 */
import { maxPositionNotional } from './rules/exposure.ts';
import { maxDailyLossRatio } from './rules/losses.ts';
import type { LimitKinds, RiskRule } from './rule.ts';

export const RISK_RULES = [maxPositionNotional, maxDailyLossRatio] as const;

type Rule = (typeof RISK_RULES)[number];

/** The limits of an account, one for each rule; null: no limit, said on purpose. */
export type RiskLimits = { readonly [R in Rule as R['key']]: LimitKinds[R['kind']] | null };

/** Of an account that has said nothing. */
export const DEFAULT_LIMITS: RiskLimits = limitsBy((rule) => rule.default);
/** For whoever wants to be held back by nothing. */
export const NO_LIMITS: RiskLimits = limitsBy(() => null);

function limitsBy(limitOf: (rule: RiskRule) => unknown): RiskLimits {
  return Object.fromEntries(RISK_RULES.map((rule) => [rule.key, limitOf(rule)])) as unknown as RiskLimits;
}
