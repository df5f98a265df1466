/** What may be asked of a venue, as it is stored and travels. */
import * as z from 'zod';
import { TIMES_IN_FORCE } from '../domain/orders/terms.ts';
import { ORDER_TYPES, problemOfWrittenTerms, type WrittenTerms } from '../domain/orders/written-terms.ts';
import { positiveDecimalText } from './decimal-text.ts';
import { timeMs } from './instrument-fields.ts';

export const trail = z.object({ by: z.enum(['amount', 'fraction']), value: positiveDecimalText });

/** Fields of an order. Those that may be left out are, wherever they say nothing. */
export const termsFields = {
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(ORDER_TYPES),
  quantity: positiveDecimalText.nullable(),
  quoteQuantity: positiveDecimalText.nullable(),
  price: positiveDecimalText.optional(),
  stopPrice: positiveDecimalText.optional(),
  trail: trail.optional(),
  activationPrice: positiveDecimalText.optional(),
  timeInForce: z.enum(TIMES_IN_FORCE).exclude(['GTC']).optional(),
  goodTillMs: timeMs.optional(),
  postOnly: z.literal(true).optional(),
  reduceOnly: z.literal(true).optional(),
} as const;

/** Refuses what no venue of ours would make sense of. */
export function withoutProblem(written: WrittenTerms, context: z.RefinementCtx): void {
  const problem = problemOfWrittenTerms(written);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
}

export const orderTerms = z.object(termsFields).superRefine(withoutProblem);
