/** What functions gave up, as REST shows it and sends it again. */
import * as z from 'zod';
import { timeMs } from './events.ts';

const kind = z.enum(['record', 'event', 'message']);
/** Whether there is such a function, whoever knows the functions says. */
const functionName = z.string().regex(/^[a-z][a-z-]{0,63}$/, { error: 'expected the name of a function' });

export const givenUpQuery = z.strictObject({
  kind: kind.optional(),
  function: functionName.optional(),
  /** Of each kind. */
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const redriveGivenUpBody = z.strictObject({
  kind: kind.optional(),
  function: functionName.optional(),
});

const givenUpView = z.strictObject({
  kind,
  function: functionName,
  id: z.string(),
  cause: z.string().nullable(),
  attempts: z.int().min(0).nullable(),
  givenUpAtMs: timeMs.nullable(),
  content: z.unknown(),
});
export const givenUpList = z.strictObject({ items: z.array(givenUpView) });

const redrivenView = z.strictObject({
  kind,
  function: functionName,
  redriven: z.int().min(0),
  left: z.string().nullable(),
});
export const redrivenList = z.strictObject({ items: z.array(redrivenView) });
