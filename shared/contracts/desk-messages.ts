/** What is sent to the desk of an account: one queue in which an account is a group, so that it is heard in one order. */
import * as z from 'zod';
import { signal, timeMs } from './events.ts';
import { orderReport } from './order-reports.ts';

const raisedSignal = z.object({
  kind: z.literal('signal'),
  signal,
  /** The signal waited for an order in flight, which ended at this time. */
  resumedAtMs: timeMs.optional(),
  /** Nothing works towards what it asks for, and at this event time it is to be decided upon again. */
  againAtMs: timeMs.optional(),
});
export type RaisedSignal = z.infer<typeof raisedSignal>;

const venueReport = z.object({
  kind: z.literal('report'),
  report: orderReport,
  /** By the sweeper, at this time of ours: it may have been lost. */
  sentAgainAtMs: timeMs.optional(),
});

export const deskMessage = z.discriminatedUnion('kind', [raisedSignal, venueReport]);
export type DeskMessage = z.infer<typeof deskMessage>;

export function accountOf(message: DeskMessage): string {
  return message.kind === 'signal' ? message.signal.accountId : message.report.accountId;
}

/** The same message has the same name: within five minutes its queue takes it once. */
export function nameOf(message: DeskMessage): string {
  if (message.kind === 'signal') {
    const { signal: raised, resumedAtMs, againAtMs } = message;
    return nameFrom('signal', raised.signalId, resumedAtMs, againAtMs);
  }
  const { report, sentAgainAtMs } = message;
  // Answers to requests for orders that do not work have no number that tells them apart.
  const answer = report.number === 0 ? `${report.kind}@${report.timeMs}` : report.number;
  return nameFrom('report', report.clientOrderId, answer, sentAgainAtMs);
}

function nameFrom(...parts: readonly (string | number | undefined)[]): string {
  return parts.map((part) => part ?? '').join('#');
}
