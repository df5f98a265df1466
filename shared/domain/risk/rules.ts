/**
 * Every risk rule, once: the limits of an account, their defaults, how they are stored, what REST takes and OpenAPI
 * says, and the page's form follow from this list. A new rule is a file and a line here.
 */
import {
  maxConcentrationRatio,
  maxGrossNotional,
  maxInstrumentNotional,
  maxInstrumentQuantity,
  maxNetNotional,
  maxPositionNotional,
  maxPositionQuantity,
  maxStrategyNotional,
  maxVenueNotional,
} from './rules/exposure.ts';
import {
  maxAccountDailyLossRatio,
  maxAccountDrawdownRatio,
  maxDailyLossRatio,
  maxDrawdownRatio,
} from './rules/losses.ts';
import { deniedFlags, maxDataAgeMs, restrictedInstruments } from './rules/market-data.ts';
import { maxOrderNotional, maxOrderQuantity, maxPriceDeviationRatio } from './rules/order-size.ts';
import { duplicateWindowMs, maxAccountOrdersPerMinute, maxOrdersPerMinute } from './rules/pace.ts';
import { coolDownMs, maxInstrumentLossRatio, maxLosingExitsPerDay } from './rules/protections.ts';
import type { LimitKinds, RiskRule, RuleReach } from './rule.ts';

/** In the order in which they are asked: the first that denies is the one that is told of. */
export const RISK_RULES = [
  restrictedInstruments,
  maxDataAgeMs,
  deniedFlags,
  maxPriceDeviationRatio,
  duplicateWindowMs,
  maxOrdersPerMinute,
  maxAccountOrdersPerMinute,
  maxOrderNotional,
  maxOrderQuantity,
  maxPositionNotional,
  maxPositionQuantity,
  maxStrategyNotional,
  maxInstrumentNotional,
  maxInstrumentQuantity,
  maxVenueNotional,
  maxGrossNotional,
  maxNetNotional,
  maxConcentrationRatio,
  maxDailyLossRatio,
  maxDrawdownRatio,
  maxAccountDailyLossRatio,
  maxAccountDrawdownRatio,
  coolDownMs,
  maxLosingExitsPerDay,
  maxInstrumentLossRatio,
] as const;

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

/** Whether any limit needs what has that reach: what none needs is not read. */
export function limitsReach(limits: RiskLimits, ...reaches: readonly RuleReach[]): boolean {
  return RISK_RULES.some(({ key, reach }) => reaches.includes(reach) && limits[key] !== null);
}
