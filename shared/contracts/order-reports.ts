/** What a venue tells of an order: kept under its number, and sent to the desk of its account. */
import * as z from 'zod';
import type { WrittenReport } from '../domain/orders/written-report.ts';
import { accountIdText } from './account-records.ts';
import { amountText, positiveDecimalText } from './decimal-text.ts';
import { fill } from './events.ts';
import { instrumentId, timeMs } from './instrument-fields.ts';
import { orderTerms } from './order-terms.ts';

const head = {
  clientOrderId: z.uuid(),
  accountId: accountIdText,
  strategyId: z.uuid(),
  instrumentId,
  number: z.int().min(0),
  timeMs,
};

export const orderReport = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('accepted') }),
  z.object({ ...head, kind: z.literal('triggered'), price: positiveDecimalText }),
  z.object({
    ...head,
    kind: z.literal('filled'),
    fill,
    leavesQuantity: amountText,
    liquidity: z.enum(['maker', 'taker']),
  }),
  z.object({ ...head, kind: z.literal('replaced'), terms: orderTerms }),
  z.object({
    ...head,
    kind: z.enum(['canceled', 'rejected', 'expired', 'cancel-rejected', 'replace-rejected']),
    reason: z.string(),
  }),
]) satisfies z.ZodType<WrittenReport>;
