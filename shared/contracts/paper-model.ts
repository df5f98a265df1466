/** The paper model of an account: see domain/accounts/paper-model.ts. */
import * as z from 'zod';
import type { WrittenPaperModel } from '../domain/accounts/written-paper-model.ts';
import { positiveDecimalText, rateText } from './decimal-text.ts';

const seed = z.int();
const milliseconds = z.int().min(0).max(60_000);
const part = z.number().min(0).max(1);

export const paperModel = z.strictObject({
  makerFee: rateText,
  takerFee: rateText,
  slippage: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fixed'), fraction: rateText }),
    z.strictObject({ kind: z.literal('volume-share'), impact: rateText }),
  ]),
  latency: z.strictObject({ baseMs: milliseconds, jitterMs: milliseconds, seed }),
  fill: z.strictObject({
    queue: z.union([
      z.strictObject({ kind: z.enum(['touch', 'through', 'risk-averse', 'proportional']) }),
      z.strictObject({ kind: z.literal('chance'), probability: part }),
    ]),
    volumeCap: positiveDecimalText.nullable(),
    takes: z.enum(['trade', 'quote']),
    trailing: z.enum(['proven', 'best-first']),
    rejects: part,
    seed,
  }),
}) satisfies z.ZodType<WrittenPaperModel>;
