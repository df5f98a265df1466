/** ACCOUNT#<accountId> / ACCOUNT: between the domain, which counts in exact decimals, and the tables and REST, which hold text. */
import * as z from 'zod';
import { ACCOUNT_ID, ACCOUNT_VENUES, type Account } from '../domain/accounts/account.ts';
import { NO_LATENCY, type PaperModel, type SlippageModel } from '../domain/accounts/paper-model.ts';
import { decimal, formatDecimal, ONE, parseDecimal } from '../domain/decimal.ts';
import { positiveDecimalText, rateText } from './decimal-text.ts';

export const accountIdText = z
  .string()
  .regex(ACCOUNT_ID, { error: 'expected 1 to 40 of a-z, 0-9 and -, with no - at either end' })
  .meta({ examples: ['paper'] });

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

/**
 * As the parts of domain/accounts/paper-model.ts, which says what each does. What is left out is as of a plain account, in what
 * somebody asks for and in what was stored before there was such a part.
 */
export const paperModelText = z.strictObject({
  makerFee: rate
    .default('0.001')
    .meta({ description: 'Of the notional, of an order that rested before it filled.' }),
  takerFee: rate
    .default('0.001')
    .meta({ description: 'Of the notional, of an order that took what was there.' }),
  slippage: slippage
    .default({ kind: 'fixed', fraction: '0' })
    .meta({ description: 'How much worse than what they met orders fill.' }),
  latency: latency
    .default(NO_LATENCY)
    .meta({ description: 'From a decision to the venue: a base, and a drawn part of the jitter.' }),
  fill: z
    .strictObject({
      queue: queue.default({ kind: 'touch' }),
      volumeCap: positiveDecimalText.nullable().default(null),
      takes: z.enum(['trade', 'quote']).default('trade'),
      trailing: z.enum(['proven', 'best-first']).default('proven'),
      rejects: ratio.default(0),
      seed: seed.default(0),
    })
    .prefault({})
    .meta({ description: 'What orders fill at and how much of them; see docs/adr/0033.' }),
});
export type PaperModelText = z.infer<typeof paperModelText>;

export const accountRecord = z.strictObject({
  accountId: accountIdText,
  venue: z.enum(ACCOUNT_VENUES).default('paper').meta({ description: 'Where its orders go.' }),
  paper: paperModelText.prefault({}).meta({ description: 'How its orders fare on the paper venue.' }),
});
export type AccountRecord = z.infer<typeof accountRecord>;

export function accountOf({ paper, ...account }: AccountRecord): Account {
  return { ...account, paper: paperOf(paper) };
}

export function accountRecordOf({ paper, ...account }: Account): AccountRecord {
  return { ...account, paper: paperTextOf(paper) };
}

function paperOf(text: PaperModelText): PaperModel {
  return {
    makerFee: decimal(text.makerFee),
    takerFee: decimal(text.takerFee),
    slippage: slippageOf(text.slippage),
    latency: text.latency,
    fill: { ...text.fill, volumeCap: text.fill.volumeCap === null ? null : decimal(text.fill.volumeCap) },
  };
}

function paperTextOf(model: PaperModel): PaperModelText {
  const { fill } = model;
  return {
    makerFee: formatDecimal(model.makerFee),
    takerFee: formatDecimal(model.takerFee),
    slippage:
      model.slippage.kind === 'fixed'
        ? { kind: 'fixed', fraction: formatDecimal(model.slippage.fraction) }
        : { kind: 'volume-share', impact: formatDecimal(model.slippage.impact) },
    latency: model.latency,
    fill: { ...fill, volumeCap: fill.volumeCap === null ? null : formatDecimal(fill.volumeCap) },
  };
}

function slippageOf(text: PaperModelText['slippage']): SlippageModel {
  return text.kind === 'fixed'
    ? { kind: 'fixed', fraction: decimal(text.fraction) }
    : { kind: 'volume-share', impact: decimal(text.impact) };
}
