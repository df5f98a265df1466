/** What was set aside, as REST shows it and sends it again. */
import * as z from 'zod';
import { side, timeMs } from './events.ts';
import { pageOf, pageQuery } from './page.ts';
import { QUARANTINE_STATUSES } from './records.ts';

export const quarantineQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(QUARANTINE_STATUSES).default('QUARANTINED'),
});
export const quarantinePath = z.strictObject({
  id: z.string().regex(/^[\w-]{1,100}$/, { error: 'expected the id of an item' }),
});

/** Fields that replace those of the trade; what it becomes is checked as any trade is. */
export const tradeFix = z.strictObject({
  price: z.string().max(40).optional(),
  quantity: z.string().max(40).optional(),
  tradeId: z.string().max(40).optional(),
  side: side.optional(),
  timeMs: timeMs.optional(),
});
export type TradeFix = z.infer<typeof tradeFix>;

export const redriveBody = z.strictObject({ fix: tradeFix.optional() });

export const quarantineView = z.strictObject({
  id: z.string(),
  status: z.enum(QUARANTINE_STATUSES),
  kind: z.enum(['trade', 'quote', 'record', 'message']),
  cause: z.string(),
  payload: z.string(),
  instrumentId: z.string().nullable(),
  lane: z.string(),
  functionName: z.string(),
  quarantinedAtMs: timeMs,
  redrivenAtMs: timeMs.nullable(),
  fix: z.record(z.string(), z.unknown()).nullable(),
});
export const quarantinePage = pageOf(quarantineView);
