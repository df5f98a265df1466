import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveProtocol, VenueEndpoints } from '../../shared/adapters/exchanges/venue-protocol.ts';
import { protocolOf, SUPPORTED_EXCHANGES } from '../../shared/adapters/exchanges/venues.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { Backoff } from './backoff.ts';
import { LivePosition } from './live-position.ts';
import { LiveFeed, type LiveFeedTimings } from './live-feed.ts';
import { PatientWriter } from './patient-writer.ts';
import { VenueVitals } from './venue-vitals.ts';

/** What was asked for cannot be listened to. The message is one line. */
export class LiveRefused extends Error {
  override readonly name = 'LiveRefused';
}

export interface LiveTimings extends LiveFeedTimings {
  /** Waits between connections that fail: the first, and the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** A connection that lived so long was a good one: the waits begin anew. */
  readonly stableAfterMs: number;
}

const LIVE_TIMINGS: LiveTimings = {
  handshakeMs: 10_000,
  pingAfterMs: 1000,
  answerWithinMs: 5000,
  silenceMs: 30_000,
  renewAfterMs: 23 * 3_600_000,
  watermarkEveryMs: 1000,
  restTimeoutMs: 5000,
  restLagMs: 500,
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  stableAfterMs: 30_000,
};

export interface LiveOptions {
  readonly exchange: string;
  /** As `chooseInstruments` gave them. */
  readonly instrumentIds: readonly InstrumentId[];
  /** The venue's own unless a local stand-in is listened to. */
  readonly endpoints?: VenueEndpoints;
  readonly writer: StreamWriter;
  readonly state: StateStore;
  readonly log: Log;
  /** Ends the collector: what has come is sent first. */
  readonly signal: AbortSignal;
  /** Told when the venue is heard. Default: nobody is. */
  readonly vitals?: VenueVitals;
  readonly timings?: Partial<LiveTimings>;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** One connection takes 1,024 streams, and its address lists them all. */
const MAX_INSTRUMENTS = 200;
const WRITE_ATTEMPTS = 8;

/**
 * Reads what a user asked for.
 * @param symbols the venue's own (`BTCUSDT`), `BTC-USDT`, or instrument ids.
 * @throws LiveRefused naming the first that is wrong.
 */
export function chooseInstruments(exchange: string, symbols: readonly string[]): InstrumentId[] {
  const protocol = liveProtocol(exchange);
  const instrumentIds = symbols.map((symbol) => {
    const instrumentId = protocol.readInstrument(symbol.trim());
    if (instrumentId !== null) return instrumentId;
    throw new LiveRefused(
      `live: ${JSON.stringify(symbol)} is not a pair of ${exchange}, expected one such as BTC-USDT`,
    );
  });
  const distinct = [...new Set(instrumentIds)].sort();
  if (distinct.length >= 1 && distinct.length <= MAX_INSTRUMENTS) return distinct;
  throw new LiveRefused(`live: expected 1 to ${MAX_INSTRUMENTS} symbols, got ${distinct.length}`);
}

/**
 * Listens to an exchange until the signal, over one connection after the other, and sends its trades into the streams
 * without a gap: what came while nobody listened is fetched, in the gaps of a run and between runs.
 * @throws LiveRefused, or what the streams or the state store refused for good.
 */
export async function collectLive(options: LiveOptions): Promise<void> {
  const { exchange, instrumentIds, writer, state, log, signal, random = Math.random } = options;
  const protocol = liveProtocol(exchange);
  const timings = { ...LIVE_TIMINGS, ...options.timings };
  const position = new LivePosition(state, exchange);
  const lastTradeIds = await position.load();
  const vitals = options.vitals ?? new VenueVitals(exchange);
  const failure = new AbortController();
  const feed = new LiveFeed({
    protocol,
    instrumentIds,
    lastTradeIds,
    endpoints: options.endpoints ?? protocol.endpoints,
    writer: new PatientWriter({ writer, attempts: WRITE_ATTEMPTS, log, random }),
    timings,
    log,
    random,
    savePosition: async (ids) => position.save(ids),
    onFailure: (error) => failure.abort(error),
    vitals,
  });
  const either = AbortSignal.any([signal, failure.signal]);
  await holdConnections(feed, { signal: either, timings, random, log, vitals });
  await feed.finish();
  failure.signal.throwIfAborted();
}

interface HoldOptions {
  readonly signal: AbortSignal;
  readonly timings: LiveTimings;
  readonly random: () => number;
  readonly log: Log;
  readonly vitals: VenueVitals;
}

async function holdConnections(
  feed: LiveFeed,
  { signal, timings, random, log, vitals }: HoldOptions,
): Promise<void> {
  const backoff = new Backoff({ firstMs: timings.firstRetryMs, longestMs: timings.longestRetryMs, random });
  while (!signal.aborted) {
    const begunAt = performance.now();
    const end = await feed.holdConnection(signal);
    if (end.kind === 'aborted') return;
    if (end.kind === 'renewed') {
      log.info('connection renewed');
      continue;
    }
    vitals.lost();
    if (performance.now() - begunAt >= timings.stableAfterMs) backoff.reset();
    const retryInMs = Math.round(backoff.nextMs());
    log.warn('connection lost', { cause: end.cause, retryInMs });
    // An abort ends the wait as well as the loop.
    await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
  }
}

function liveProtocol(exchange: string): LiveProtocol {
  const protocol = protocolOf(exchange);
  if (protocol !== null) return protocol;
  throw new LiveRefused(
    `live: exchange ${JSON.stringify(exchange)} is not supported yet (supported: ${SUPPORTED_EXCHANGES.join(', ')})`,
  );
}
