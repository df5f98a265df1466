import * as z from 'zod';
import { MARKETS } from '../domain/market-data/market.ts';

/** For everybody, load balancers and strangers among them: that somebody answers, and no more. */
export const livenessView = z.strictObject({ status: z.literal('ok') });

const functionStatus = z.strictObject({
  name: z.string(),
  invocations: z.int().min(0),
  errors: z.int().min(0),
  durationMsP99: z.number().nullable(),
  lagMs: z.number().nullable(),
});

const count = z.int().min(0);

const venueStatus = z.strictObject({
  venue: z.string(),
  silenceMs: count,
  quietestInstrument: z.string(),
  quietestMs: count,
  /** How far its clock is ahead of ours; null: it has not told its time yet. Orders go by its clock. */
  clockOffsetMs: z.int().nullable(),
  connectionsLost: count,
  connectionsRenewed: count,
  sequenceGaps: count,
  messagesSetAside: count,
  resets: count,
  deafInstruments: count,
  /** The order books that are listened to, and which of them are not whole and since when; null: none is. */
  books: z
    .strictObject({
      whole: count,
      broken: z.array(z.strictObject({ instrumentId: z.string(), state: z.string(), sinceMs: count })),
    })
    .nullable(),
});

/** For whoever has a token. */
export const healthView = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  /** Why it is degraded, one line each. */
  reasons: z.array(z.string()),
  stage: z.string(),
  /** Whose data this is; null: it is not known here. */
  market: z.enum(MARKETS).nullable(),
  version: z.string(),
  functions: z.array(functionStatus),
  /** Those that are listened to here, counted since the start: on AWS the collector's own metrics tell. */
  venues: z.array(venueStatus),
  /** Who waits for a store that cannot be reached, longest first: it goes on by itself when the store is back. */
  waiting: z.array(
    z.strictObject({ who: z.string(), store: z.string(), cause: z.string(), sinceMs: z.int().min(0) }),
  ),
  /** Records, events and messages that were given up and not sent again; null: it is not known here. */
  givenUp: z.int().min(0).nullable(),
  /** Trades that were left out, by cause; null: the counts could not be read. */
  dropped: z.strictObject({ known: z.int().min(0), fenced: z.int().min(0) }).nullable(),
  /** Messages that queue workers gave up on, by queue; null: the count could not be read. */
  deadLetters: z.record(z.string(), z.int().min(0).nullable()),
});
export type HealthView = z.infer<typeof healthView>;

/** In Prometheus' format: https://prometheus.io/docs/instrumenting/exposition_formats/. */
export const metricsText = z.string();
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
