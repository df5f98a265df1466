/** The paper model of an account, as it is asked for and stored, and travels with an order to its venue. */
import * as z from 'zod';
import { NO_LATENCY } from '../domain/accounts/paper-model.ts';
import type { WrittenPaperModel } from '../domain/accounts/written-paper-model.ts';
import { ONE, parseDecimal } from '../domain/decimal.ts';
import { positiveDecimalText, rateText } from './decimal-text.ts';

/** Beyond a minute an order would outlive its way to the venue. */
const MAX_LATENCY_MS = 30_000;

/** As an instance's own: half of the price and more is a mistake. */
const rate = rateText
  .refine((text) => 2n * (parseDecimal(text) ?? ONE) < ONE, { error: 'expected a fraction below 0.5' })
  .meta(rateText.meta() ?? {});
const seed = z.int().min(0).max(0xffff_ffff);
const ratio = z.number().min(0).max(1);

const slippage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), fraction: rate }),
  z.strictObject({ kind: z.literal('volume-share'), impact: rate }),
]);

const latency = z.strictObject({
  baseMs: z.int().min(0).max(MAX_LATENCY_MS),
  jitterMs: z.int().min(0).max(MAX_LATENCY_MS),
  seed,
});

const queue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['touch', 'through', 'risk-averse', 'proportional']) }),
  z.strictObject({ kind: z.literal('chance'), probability: ratio }),
]);

const terms = { makerFee: rate, takerFee: rate, slippage, latency };
const filling = {
  queue,
  volumeCap: positiveDecimalText.nullable(),
  takes: z.enum(['trade', 'quote']),
  trailing: z.enum(['proven', 'best-first']),
  rejects: ratio,
  seed,
};

/** With each of the parts of domain/accounts/paper-model.ts, which says what it does. */
export const paperModel = z.strictObject({
  ...terms,
  fill: z.strictObject(filling),
}) satisfies z.ZodType<WrittenPaperModel>;

/** What is left out is as of a plain account, in what somebody asks for and in what was stored before there was such a part. */
export const askedPaperModel = z.strictObject({
  makerFee: terms.makerFee
    .default('0.001')
    .meta({ description: 'Of the notional, of an order that rested before it filled.' }),
  takerFee: terms.takerFee
    .default('0.001')
    .meta({ description: 'Of the notional, of an order that took what was there.' }),
  slippage: terms.slippage
    .default({ kind: 'fixed', fraction: '0' })
    .meta({ description: 'How much worse than what they met orders fill.' }),
  latency: terms.latency
    .default(NO_LATENCY)
    .meta({ description: 'From a decision to the venue: a base, and a drawn part of the jitter.' }),
  fill: z
    .strictObject({
      queue: filling.queue.default({ kind: 'touch' }),
      volumeCap: filling.volumeCap.default(null),
      takes: filling.takes.default('trade'),
      trailing: filling.trailing.default('proven'),
      rejects: filling.rejects.default(0),
      seed: filling.seed.default(0),
    })
    .prefault({})
    .meta({ description: 'What orders fill at and how much of them; see docs/adr/0033.' }),
}) satisfies z.ZodType<WrittenPaperModel>;
