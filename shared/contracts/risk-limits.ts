/** ACCOUNT#<accountId> / LIMITS, and what REST takes and shows of it: all of it follows from the list of risk rules. */
import * as z from 'zod';
import { QUALITY_FLAGS } from '../domain/market-data/quality-flags.ts';
import { MAX_COUNT, MAX_LISTED_INSTRUMENTS, type LimitKind, type RiskRule } from '../domain/risk/rule.ts';
import { RISK_RULES, type RiskLimits } from '../domain/risk/rules.ts';
import { amountText } from './decimal-text.ts';
import { instrumentId } from './instrument-fields.ts';

const LIMIT_SCHEMAS: Readonly<Record<LimitKind, z.ZodType>> = {
  decimal: amountText,
  ratio: z.number().min(0).max(1),
  count: z.int().min(0).max(MAX_COUNT),
  instruments: z.array(instrumentId).max(MAX_LISTED_INSTRUMENTS),
  flags: z.array(z.enum(QUALITY_FLAGS)).max(QUALITY_FLAGS.length),
};

type ShapeOf<Wrapped extends 'ZodDefault' | 'ZodOptional'> = {
  readonly [Key in keyof RiskLimits]: Wrapped extends 'ZodDefault'
    ? z.ZodDefault<z.ZodType<RiskLimits[Key]>>
    : z.ZodOptional<z.ZodType<RiskLimits[Key]>>;
};

function shapeOf(limitSchema: (rule: RiskRule) => z.ZodType): unknown {
  return Object.fromEntries((RISK_RULES as readonly RiskRule[]).map((rule) => [rule.key, limitSchema(rule)]));
}

/** null: no limit, said on purpose. */
function limitOf({ kind, description }: RiskRule) {
  return LIMIT_SCHEMAS[kind].nullable().meta({ description: `${description} null: no limit.` });
}

/**
 * A limit that a record does not name has its default, so records from before a rule was written stay readable. A name
 * that no rule has makes it unreadable, which denies: what a later release was told to enforce, this one cannot.
 */
export const limitsRecord = z.strictObject(
  shapeOf((rule) => limitOf(rule).default(rule.default)) as ShapeOf<'ZodDefault'>,
);

/** What is not named stays as it is: whoever sets one limit must not loosen another by leaving it out. */
export const changeLimitsBody = z
  .strictObject(shapeOf((rule) => limitOf(rule).optional()) as ShapeOf<'ZodOptional'>)
  .refine((body) => Object.keys(body).length > 0, { error: 'expected at least one limit' })
  .meta({ minProperties: 1 });
