/** Three simulated venues and their collectors in made-up time, with faults as they are planned. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive } from '../../collector/live/collect-live.ts';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { EXCHANGES, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { FaultPlan, FAULTS, type Fault, type FaultKind } from '../../simulator/venues/venue-faults.ts';
import { inProcessEndpoints, inProcessTransport } from '../../simulator/venues/in-process-transport.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { LaneArrivals, RECOVERED_WITHIN_MS, type Compared } from './lane-arrivals.ts';
import { openMemoryState } from './memory-state.ts';
import { SimulatedTime } from './simulated-time.ts';

const START_MS = Date.UTC(2026, 0, 1);
/** Everybody listens before anything goes wrong. */
const QUIET_MS = 4000;
const END_WITHIN_MS = 20_000;
const TICK_MS = 50;
/** Before the collectors end: what they hold then, for want of the trades before it, is fetched by those that follow. */
const UNDER_WAY_MS = 2000;

export interface FaultyRunOptions {
  readonly seed: number;
  /** Of each venue. */
  readonly instruments: number;
  readonly tradesPerSecond: number;
  readonly faults: ReadonlyMap<Exchange, readonly Fault[]>;
  /** The last fault's end, since the begin. */
  readonly disturbedMs: number;
}

export interface FaultyRun extends Compared {
  readonly logged: readonly string[];
}

/** @param calmMs where the quiet time is over. */
export function planned(
  faults: readonly { kind: FaultKind; afterMs: number; forMs: number }[],
  calmMs = START_MS + QUIET_MS,
): Fault[] {
  return faults.map(({ kind, afterMs, forMs }) => ({
    kind,
    fromMs: calmMs + afterMs,
    untilMs: calmMs + afterMs + forMs,
  }));
}

/** Faults of every kind, a few at every venue, some of them at once. */
export function faultsOf(seed: number, calmMs?: number): ReadonlyMap<Exchange, Fault[]> {
  const random = mulberry32(seed);
  return new Map(
    EXCHANGES.map((exchange) => {
      const count = 1 + Math.floor(random() * 4);
      const faults = Array.from({ length: count }, () => ({
        kind: FAULTS[Math.floor(random() * FAULTS.length)]!,
        afterMs: Math.floor(random() * 10_000),
        forMs: 500 + Math.floor(random() * 5500),
      }));
      return [exchange, planned(faults, calmMs)] as const;
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
  readonly #arrivals = new LaneArrivals(() => this.#time.nowMs());

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
    await this.#time.pass(QUIET_MS + this.#options.disturbedMs + RECOVERED_WITHIN_MS + UNDER_WAY_MS);
    const dueMs = this.#time.nowMs() - UNDER_WAY_MS;
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
    const { faults } = this.#options;
    const compared = this.#arrivals.compare(this.#venues, faults, START_MS + QUIET_MS, dueMs);
    return { ...compared, logged: this.#logged };
  }

  async #collect(venue: SimulatedVenue, signal: AbortSignal): Promise<void> {
    const { exchange } = venue;
    await collectLive({
      exchange,
      instrumentIds: venue.listings.map(({ instrumentId }) => instrumentId),
      endpoints: inProcessEndpoints(venue),
      writer: this.#arrivals.writer,
      state: openMemoryState(),
      isSole: true,
      log: createLog(
        { write: (line) => this.#logged.push(`${this.#time.nowMs() - START_MS} ${line}`) },
        'info',
      ),
      signal,
      transport: inProcessTransport({ venues: this.#venues, time: this.#process, random: this.#random }),
      time: this.#process,
      random: this.#random,
    });
  }
}
