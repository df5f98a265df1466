/** Backtest runs over a grid of parameters, as REST submits and shows them. */
import * as z from 'zod';
import { strategyNames } from '../domain/strategies/registry.ts';
import { capitalText, decimalText, rateText } from './decimal-text.ts';
import { instrumentId, interval, timeMs } from './events.ts';
import { pageOf, pageQuery } from './page.ts';
import { changeLimitsBody } from './risk-limits.ts';

/** Combinations of a grid: a thousand chunks of a hundred. */
const MAX_COMBINATIONS = 100_000;
const MAX_VALUES_A_PARAMETER = 1000;

export const runPath = z.strictObject({ runId: z.uuid({ error: 'expected a UUID' }) });
export const runsQuery = z.strictObject(pageQuery);

const grid = z
  .record(z.string().min(1).max(100), z.array(z.number()).min(1).max(MAX_VALUES_A_PARAMETER))
  .refine(
    (axes) => Object.values(axes).reduce((product, values) => product * values.length, 1) <= MAX_COMBINATIONS,
    {
      error: `expected at most ${MAX_COMBINATIONS} combinations`,
    },
  )
  .meta({
    description: 'The values to try of each parameter; every combination is run.',
    examples: [{ fastPeriod: [5, 10], slowPeriod: [20, 50] }],
  });

const limitsOfRun = changeLimitsBody.clone().meta({
  description:
    'Risk limits other than the account’s own, which hold for all that are not named. null: no limit.',
});

export const submitBacktestBody = z
  .strictObject({
    strategy: z
      .string()
      .min(1)
      .max(100)
      .meta({ enum: strategyNames(), examples: ['ma-crossover'] }),
    grid,
    instrumentId,
    interval,
    fromMs: timeMs,
    toMs: timeMs,
    capital: capitalText.default('10000'),
    feeRate: rateText.default('0.001'),
    slippage: rateText.default('0'),
    limits: limitsOfRun.optional(),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, { path: ['fromMs'], error: 'expected a time before toMs' });
export type SubmitBacktest = z.infer<typeof submitBacktestBody>;

export const gridResult = z.strictObject({
  params: z.record(z.string(), z.number()),
  finalEquity: decimalText,
  totalReturn: z.number(),
  maxDrawdown: z.number().max(0),
  sharpe: z.number().nullable(),
  trades: z.int().min(0),
  /** What of it rests on flagged data; left out: nothing does. */
  flagged: z.strictObject({ fills: z.int().min(0), trades: z.int().min(0), profit: decimalText }).optional(),
});
export type GridResult = z.infer<typeof gridResult>;

export const runView = z.strictObject({
  runId: z.uuid(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  submittedAtMs: timeMs,
  finishedAtMs: timeMs.nullable(),
  request: z.strictObject(submitBacktestBody.shape),
  /** Known once the run is planned. */
  combinations: z.int().min(0).nullable(),
  candles: z.int().min(0).nullable(),
  /** The best by total return, best first; empty until the run is done. */
  best: z.array(gridResult),
  /** Why it failed. */
  cause: z.string().nullable(),
});
export type RunView = z.infer<typeof runView>;
export const runPage = pageOf(runView);
