/** Three simulated venues and their collectors in made-up time, with faults as they are planned. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive, type LiveTimings } from '../../collector/live/collect-live.ts';
import { VenueVitals } from '../../collector/live/venue-vitals.ts';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { parseLaneRecord } from '../../shared/contracts/stream-records.ts';
import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import { createLog } from '../../shared/runtime/log.ts';
import type { PrintedTrade } from '../../simulator/venues/venue-record.ts';
import { FaultPlan, FAULTS, type Fault, type FaultKind } from '../../simulator/venues/venue-faults.ts';
import { inProcessEndpoints, inProcessTransport } from '../../simulator/venues/in-process-transport.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { openMemoryState } from './memory-state.ts';
import { SimulatedTime } from './simulated-time.ts';

const START_MS = Date.UTC(2026, 0, 1);
/** Everybody listens before anything goes wrong. */
const QUIET_MS = 4000;
/** A fault is over that much after its end. */
const RECOVERED_WITHIN_MS = 5000;
const END_WITHIN_MS = 20_000;
const TICK_MS = 50;

export interface FaultyRunOptions {
  readonly seed: number;
  /** Of each venue. */
  readonly instruments: number;
  readonly tradesPerSecond: number;
  readonly faults: ReadonlyMap<Exchange, readonly Fault[]>;
  /** The last fault's end, since the begin. */
  readonly disturbedMs: number;
  readonly timings?: Partial<LiveTimings>;
}

export interface FaultyRun {
  /** Trades of the venues' records that are in no lane, each as a line. */
  readonly lost: readonly string[];
  /** Trades that are in a lane more than once. */
  readonly doubled: readonly string[];
  /** Trades that came later than they had to. */
  readonly late: readonly string[];
  /** Trades of the records that had to come. */
  readonly trades: number;
  readonly logged: readonly string[];
  readonly vitals: ReadonlyMap<Exchange, VenueVitals>;
}

/** The times of faults begin with 0 where the quiet time is over. */
export function planned(faults: readonly { kind: FaultKind; afterMs: number; forMs: number }[]): Fault[] {
  return faults.map(({ kind, afterMs, forMs }) => ({
    kind,
    fromMs: START_MS + QUIET_MS + afterMs,
    untilMs: START_MS + QUIET_MS + afterMs + forMs,
  }));
}

/** Faults of every kind, a few at every venue, some of them at once. */
export function faultsOf(seed: number, kinds: readonly FaultKind[] = FAULTS): ReadonlyMap<Exchange, Fault[]> {
  const random = mulberry32(seed);
  return new Map(
    EXCHANGES.map((exchange) => {
      const count = 1 + Math.floor(random() * 4);
      const faults = Array.from({ length: count }, () => ({
        kind: kinds[Math.floor(random() * kinds.length)]!,
        afterMs: Math.floor(random() * 10_000),
        forMs: 500 + Math.floor(random() * 5500),
      }));
      return [exchange, planned(faults)] as const;
    }),
  );
}

export const MIXED_MS = 16_000;

export async function runUnderFaults(options: FaultyRunOptions): Promise<FaultyRun> {
  return new World(options).run();
}

class World {
  readonly #options: FaultyRunOptions;
  readonly #time = new SimulatedTime(START_MS);
  readonly #process = this.#time.process();
  readonly #random: () => number;
  readonly #venues: readonly SimulatedVenue[];
  readonly #logged: string[] = [];
  readonly #vitals = new Map<Exchange, VenueVitals>();
  /** When each trade came, by its name. */
  readonly #arrivals = new Map<string, number[]>();

  constructor(options: FaultyRunOptions) {
    const { seed, instruments, tradesPerSecond, faults } = options;
    this.#options = options;
    this.#random = mulberry32(seed ^ 0x9e3779b9);
    this.#venues = simulatedVenues({
      seed,
      instruments,
      tradesPerSecond,
      time: this.#process,
      random: this.#random,
      historyMs: 30_000,
      faults: new Map(EXCHANGES.map((exchange) => [exchange, new FaultPlan(faults.get(exchange))] as const)),
    });
  }

  async run(): Promise<FaultyRun> {
    const stop = new AbortController();
    let running = 0;
    const failures: unknown[] = [];
    for (const venue of this.#venues) {
      venue.open();
      running++;
      this.#collect(venue, stop.signal)
        .catch((error: unknown) => failures.push(error))
        .finally(() => running--);
    }
    await this.#time.pass(QUIET_MS + this.#options.disturbedMs + RECOVERED_WITHIN_MS + 2000);
    // Trades that are under way are in the lanes before the collectors end.
    for (const venue of this.#venues) venue.close();
    stop.abort();
    const deadline = performance.now() + END_WITHIN_MS;
    while (running > 0) {
      if (performance.now() > deadline)
        throw new Error(`a collector does not end:\n${this.#logged.join('')}`);
      await this.#time.pass(TICK_MS);
      // What is packed for the archive is packed by threads, which know of no time but the real one.
      await sleep(1);
    }
    if (failures.length > 0) throw failures[0];
    return this.#compare();
  }

  async #collect(venue: SimulatedVenue, signal: AbortSignal): Promise<void> {
    const { exchange } = venue;
    const vitals = new VenueVitals(exchange);
    this.#vitals.set(exchange, vitals);
    await collectLive({
      exchange,
      instrumentIds: venue.listings.map(({ instrumentId }) => instrumentId),
      endpoints: inProcessEndpoints(venue),
      writer: this.#writer(),
      state: openMemoryState(),
      isSole: true,
      log: createLog(
        { write: (line) => this.#logged.push(`${this.#time.nowMs() - START_MS} ${line}`) },
        'info',
      ),
      signal,
      vitals,
      transport: inProcessTransport({ venues: this.#venues, time: this.#process, random: this.#random }),
      time: this.#process,
      random: this.#random,
      ...(this.#options.timings === undefined ? {} : { timings: this.#options.timings }),
    });
  }

  #writer(): StreamWriter {
    return {
      append: async (stream, records) => {
        if (stream !== 'trades') return;
        const now = this.#time.nowMs();
        for (const { data } of records) {
          const record = parseLaneRecord(Buffer.from(data).toString('utf8'));
          if (record.kind !== 'trades') continue;
          for (const { instrumentId, tradeId, timeMs } of record.trades) {
            const name = `${instrumentId} ${tradeId} ${timeMs}`;
            const known = this.#arrivals.get(name);
            if (known === undefined) this.#arrivals.set(name, [now]);
            else known.push(now);
          }
        }
      },
    };
  }

  #compare(): FaultyRun {
    const lost: string[] = [];
    const late: string[] = [];
    let trades = 0;
    const dueMs = this.#time.nowMs() - 2500;
    for (const venue of this.#venues) {
      const faults = this.#options.faults.get(venue.exchange) ?? [];
      for (const { instrumentId } of venue.listings) {
        const printed = venue.record.tradesOf(instrumentId);
        const nameOf = ({ id, timeMs }: PrintedTrade): string => `${instrumentId} ${id} ${timeMs}`;
        // What was printed before anybody listened is nobody's loss.
        const first = printed.findIndex((trade) => this.#arrivals.has(nameOf(trade)));
        for (const trade of printed.slice(Math.max(0, first))) {
          if (trade.printedAtMs > dueMs) break;
          // What a subscription begins with was printed before.
          if (trade.printedAtMs < START_MS) continue;
          trades++;
          const [arrived] = this.#arrivals.get(nameOf(trade)) ?? [];
          const line = `${nameOf(trade)} printed ${trade.printedAtMs - START_MS}`;
          if (arrived === undefined) lost.push(line);
          else if (arrived > latest(trade.printedAtMs, faults))
            late.push(`${line} came ${arrived - START_MS}`);
        }
      }
    }
    const doubled = [...this.#arrivals].filter(([, times]) => times.length > 1).map(([name]) => name);
    return { lost, doubled, late, trades, logged: this.#logged, vitals: this.#vitals };
  }
}

/** By when a trade has to be in its lane: 5 s after the end of the faults that its way led through. */
function latest(printedAtMs: number, faults: readonly Fault[]): number {
  let end = Math.max(printedAtMs, START_MS + QUIET_MS);
  // One that begins before everything has come keeps it away for longer.
  for (const { fromMs, untilMs } of [...faults].sort((a, b) => a.fromMs - b.fromMs))
    if (fromMs <= end + RECOVERED_WITHIN_MS && untilMs > end) end = untilMs;
  return end + RECOVERED_WITHIN_MS;
}
