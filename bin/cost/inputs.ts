/** The two data files that a bill is made of beside the template: what things cost, and how much is going on. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const price = z.strictObject({
  usd: z.number().positive(),
  unit: z.string(),
  checked: z.literal('copy').optional(),
});
const positive = z.number().positive();
const notNegative = z.number().min(0);
const itemSize = z.strictObject({ base: positive, perInstrument: notNegative });

const priceList = z.strictObject({
  region: z.string(),
  asOf: z.iso.date(),
  source: z.string(),
  prices: z.record(z.string(), price),
});

const loadProfile = z.strictObject({
  about: z.string(),
  hoursAMonth: positive,
  collector: z.strictObject({
    /** Of a lane: one is in flight at a time. */
    appendsPerSecond: positive,
    bytesATrade: positive,
    bytesARecord: positive,
    /** Of the lease, each with the position. */
    renewalsPerSecond: positive,
    standbyReadsPerSecond: positive,
    linesPerSecond: positive,
  }),
  archive: z.strictObject({
    /** Compressed. */
    bytesAMessage: positive,
    messagesAChunk: positive,
    secondsAChunk: positive,
    /** How old the oldest capture is in the month that is billed. */
    ageDays: positive,
  }),
  parquet: z.strictObject({ bytesATrade: positive, tradesAFile: positive }),
  /** Of one instrument and second. */
  books: z.strictObject({
    /** Changes of levels, and best prices beside them. */
    messages: positive,
    /** Of one message, compressed. */
    bytesArchived: positive,
    /** Of quotes and levels in the lane. */
    bytesOfRows: positive,
    bytesToClickHouse: positive,
  }),
  reads: z.strictObject({ pollsPerSecond: positive }),
  /** Bytes of the items that are written each pass, keys and names included. */
  items: z.strictObject({
    'store-trades': itemSize,
    'store-quotes': itemSize,
    'build-candles': itemSize,
    'longer-candles': itemSize,
    prices: itemSize,
    'match-orders': itemSize,
    position: itemSize,
  }),
  /** Looks into an index for each candle of 1s: each of two copies of a function remembers for 10 s that there is nothing. */
  indexReads: z.record(z.string(), notNegative),
  durationMs: z.record(z.string(), positive),
  bytesALogLine: positive,
  /** START, END and REPORT. */
  bytesOfSystemLines: positive,
  metrics: positive,
  insightsMetrics: positive,
  metricsAMapping: positive,
  ordersADay: notNegative,
  requestsADay: notNegative,
  socketConnections: notNegative,
  socketMessagesPerSecond: notNegative,
  backtestTransitions: notNegative,
  /** Of one queue that nobody sends to: five pollers of Lambda that wait twenty seconds each. */
  queuePollsPerSecond: positive,
  storedGb: positive,
  bytesATradeToClickHouse: positive,
});

export type PriceList = z.infer<typeof priceList>;
export type LoadProfile = z.infer<typeof loadProfile>;

export function readPriceList(): PriceList {
  return priceList.parse(readData('prices/eu-west-1.json'));
}

export function readLoadProfile(): LoadProfile {
  return loadProfile.parse(readData('load-profile.json'));
}

function readData(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
