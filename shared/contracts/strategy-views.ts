/** Strategy instances as REST creates and shows them. */
import * as z from 'zod';
import { INTERVALS } from '../domain/candles/interval.ts';
import { MAX_PERIOD } from '../domain/strategies/ma-crossover.ts';
import { strategyNames } from '../domain/strategies/registry.ts';
import { accountIdText } from './account-records.ts';
import { PAPER_ACCOUNT_ID } from './account-routes.ts';
import { amountText, capitalText, positiveDecimalText, rateText } from './decimal-text.ts';
import { instrumentId, interval, positionView, timeMs } from './events.ts';
import { pageOf, pageQuery } from './page.ts';

const strategyStatus = z.enum(['RUNNING', 'PAUSED']);

export const strategyPath = z.strictObject({ strategyId: z.uuid({ error: 'expected a UUID' }) });
export const strategiesQuery = z.strictObject(pageQuery);

/** Latencies above a minute would outlive their orders. */
const MAX_LATENCY_MS = 60_000;

/**
 * All may wait for one candle. They are shown it one after the other, since the order of their signals decides who gets
 * what the limits leave, and on AWS each costs a read and a write of its table, some ten milliseconds; a function has
 * five seconds.
 */
export const MAX_STRATEGIES = 400;

const period = { type: 'integer', minimum: 1, maximum: MAX_PERIOD };

/** The same name, parameters, instrument and interval are the same instance. */
export const createStrategyBody = z.strictObject({
  accountId: accountIdText
    .default(PAPER_ACCOUNT_ID)
    .meta({ description: 'The account that it trades on, and that its capital is of.' }),
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({ enum: strategyNames(), examples: ['ma-crossover'] }),
  params: z.record(z.string().max(100), z.unknown()).meta({
    description: 'Those of the strategy: `fastPeriod` is below `slowPeriod`.',
    // There is one strategy, and these are its parameters; what they are is checked where instances are made.
    properties: { fastPeriod: period, slowPeriod: period },
    required: ['fastPeriod', 'slowPeriod'],
    additionalProperties: false,
    examples: [{ fastPeriod: 5, slowPeriod: 20 }],
  }),
  instrumentId,
  interval: z.enum(INTERVALS),
  capital: capitalText
    .default('10000')
    .meta({ description: 'Cash of this instance alone, in the quote currency.' }),
  feeRate: rateText
    .optional()
    .meta({ description: 'Of makers and takers alike; left out: as its account has it.' }),
  slippage: rateText
    .optional()
    .meta({ description: 'A fraction of the price; left out: as its account has it.' }),
  latencyMs: z
    .int()
    .min(0)
    .max(MAX_LATENCY_MS)
    .nullable()
    .default(null)
    .meta({ description: 'Added to a candle’s close to give an order’s effective time; null: as observed.' }),
});

export const changeStrategyBody = z.strictObject({ status: strategyStatus });

export const strategyView = z.strictObject({
  strategyId: z.uuid(),
  accountId: z.string(),
  name: z.string(),
  params: z.record(z.string(), z.unknown()),
  instrumentId,
  interval,
  capital: positiveDecimalText,
  feeRate: amountText,
  slippage: amountText,
  latencyMs: z.int().min(0).nullable(),
  byAccount: z
    .array(z.enum(['feeRate', 'slippage']))
    .optional()
    .meta({ description: 'What of this is its account’s; left out: nothing.' }),
  status: strategyStatus,
  waiting: z.string().nullable().meta({
    description: 'Why it is shown no candles: no market data of its instrument has come in. null: some has.',
  }),
});
export type StrategyView = z.infer<typeof strategyView>;
export const strategyPage = pageOf(strategyView);

/** An instance with how far it has come. */
export const strategyDetail = strategyView.extend({
  /** null: it has seen no candle yet. */
  progress: z.strictObject({ lastCandleOpenTimeMs: timeMs }).nullable(),
  position: positionView.nullable(),
  orderInFlight: z.uuid().nullable(),
});
