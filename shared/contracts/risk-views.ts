/** Risk as REST shows and changes it, beside the limits themselves. */
import * as z from 'zod';
import { INSTRUMENT_ID } from '../domain/market-data/instrument.ts';
import type { RiskRule } from '../domain/risk/rule.ts';
import { RISK_RULES } from '../domain/risk/rules.ts';
import type { STATE_SCOPES } from '../domain/risk/trading-state.ts';
import { TRADING_STATES } from '../domain/risk/trading-state.ts';
import { accountIdText } from './account-records.ts';
import { timeMs } from './instrument-fields.ts';
import { statesRecord } from './risk-records.ts';

export const statesView = statesRecord;

/** One of a scope, by its id. */
function stateOf<const Scope extends (typeof STATE_SCOPES)[number], Name extends z.ZodType<string>>(
  scope: Scope,
  name: Name,
  description: string,
) {
  return z.strictObject({
    scope: z.literal(scope),
    name: name.meta({ description }),
    state: z.enum(TRADING_STATES).meta({
      description:
        'HALTED: nothing is ordered; REDUCING: only what makes positions smaller; ACTIVE lifts both.',
    }),
    reason: z.string().regex(/\S/, { error: 'expected why' }).trim().max(500),
    untilMs: timeMs
      .nullable()
      .default(null)
      .meta({ description: 'From when on it counts no more; null: until it is lifted.' }),
  });
}

export const changeStateBody = z.discriminatedUnion('scope', [
  stateOf('account', accountIdText, 'The id of the account: the one that the request is about.'),
  stateOf(
    'strategy',
    z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
      error: 'expected the id of a strategy instance, a UUID',
    }),
    'The id of the strategy instance.',
  ),
  stateOf(
    'instrument',
    z.string().regex(INSTRUMENT_ID, { error: 'expected exchange:BASE-QUOTE such as binance:BTC-USDT' }),
    'The id of the instrument, such as binance:BTC-USDT.',
  ),
]);

const KINDS = [...new Set((RISK_RULES as readonly RiskRule[]).map(({ kind }) => kind))];

/** What a form for the limits needs to know of each. */
export const rulesView = z.strictObject({
  rules: z.array(
    z.strictObject({
      key: z.string(),
      kind: z.enum(KINDS).meta({
        description:
          'How its limit is written: a canonical decimal, a fraction from 0 to 1, a whole number, or a list.',
      }),
      default: z.union([z.string(), z.number(), z.array(z.string())]).nullable(),
      description: z.string(),
      stricter: z.enum(['less', 'more']).meta({ description: 'Which way a limit gets stricter.' }),
      binds: z.enum(['entries', 'all']).meta({
        description: 'entries: orders that only make a position smaller are not asked.',
      }),
    }),
  ),
});

/** Every rule, in the order in which they are asked. */
export function viewOfRules(): z.infer<typeof rulesView> {
  return {
    rules: (RISK_RULES as readonly RiskRule[]).map(
      ({ key, kind, description, stricter, binds, ...rule }) => ({
        key,
        kind,
        default: typeof rule.default === 'object' && rule.default !== null ? [...rule.default] : rule.default,
        description,
        stricter,
        binds,
      }),
    ),
  };
}
