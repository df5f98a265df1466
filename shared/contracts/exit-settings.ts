/** Exits as somebody writes them. What the figures must be is checked where rules are made of them. */
import * as z from 'zod';
import { exitRules, type ExitRules } from '../domain/trading/exits/exit-rules.ts';
import { fieldErrors, firstFieldError } from './problem.ts';

const exitSettings = z.strictObject({
  stopLoss: z.number().optional(),
  trailing: z
    .array(z.strictObject({ distance: z.number(), from: z.number().optional() }))
    .max(8)
    .optional(),
  atrStop: z
    .strictObject({ period: z.int().max(1000), multiple: z.number(), trails: z.boolean().default(false) })
    .optional(),
  takeProfit: z.number().optional(),
  returns: z
    .array(z.strictObject({ afterMs: z.int(), atLeast: z.number() }))
    .max(32)
    .optional(),
  timeStopMs: z.int().optional(),
});

/** @param where they were given, for the line that says what is wrong */
export function parseExits(
  given: unknown,
  where: string,
): { readonly rules: ExitRules } | { readonly error: string } {
  const { data, error } = exitSettings.safeParse(given);
  if (error !== undefined) return { error: firstFieldError(fieldErrors(error), where) };
  const made = exitRules(data);
  return 'error' in made ? { error: `${where}.${made.error}` } : made;
}
