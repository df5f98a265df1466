/** The log of what was said against market data: on the bus, over REST and the WebSocket in one form. */
import * as z from 'zod';
import { QUALITY_SUBJECTS } from '../domain/market-data/quality-event.ts';
import { QUALITY_FLAGS } from '../domain/market-data/quality-flags.ts';
import { MAX_TIME_MS } from '../domain/market-data/time-bound.ts';
import { exchangeName } from './exchange.ts';
import { instrumentId, timeMs } from './instrument-fields.ts';
import { pageOf, pageQuery, wholeNumber } from './page.ts';

const qualityFlag = z.enum(QUALITY_FLAGS);

/** One flag of one instrument in one span of venue time, which make its id. */
export const qualityEventView = z.strictObject({
  id: z.uuid(),
  venue: z.string(),
  instrumentId,
  flag: qualityFlag,
  subject: z.enum(QUALITY_SUBJECTS).meta({ description: 'What it is said against.' }),
  atMs: timeMs.meta({ description: 'By the venue’s clock: where the span begins.' }),
  toMs: timeMs.meta({ description: 'Where it ends; not part of it.' }),
  what: z.string().max(500).meta({ description: 'What was seen first, for people.' }),
});

/** The end of a page: its time and its id. */
export const QUALITY_CURSOR = /^(\d{1,15})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const qualityQuery = z
  .strictObject({
    ...pageQuery,
    after: pageQuery.after.meta({
      description: '`next` of the page before this one.',
      pattern: QUALITY_CURSOR.source,
    }),
    venue: exchangeName.optional(),
    instrument: instrumentId.optional(),
    flag: qualityFlag.optional(),
    from: wholeNumber(0, MAX_TIME_MS, 0).meta({
      description: 'At or after this time of the venue, in milliseconds since the epoch.',
    }),
    to: wholeNumber(0, MAX_TIME_MS, MAX_TIME_MS).meta({
      description: 'Before this time of the venue, in milliseconds since the epoch.',
    }),
  })
  .refine(({ from, to }) => from < to, { path: ['from'], error: 'expected a time before `to`' });

export const qualityPage = pageOf(qualityEventView);

/** Of the table in api.ts. */
export const qualityRoute = {
  summary:
    'What was said against market data, newest first: gaps, spikes, times that are not believed, books in doubt, venues that disagree.',
  query: qualityQuery,
  status: 200,
  response: qualityPage,
} as const;
