/** Two collectors of one exchange that are killed, paused and cut off as a seed says, on a log within the process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLive, type LiveTimings } from '../../collector/live/collect-live.ts';
import { mulberry32 } from '../../embedded/runtime/faults.ts';
import { openDatabase } from '../../shared/adapters/embedded/database.ts';
import { SqliteStreamLog, STREAM_LOG_SCHEMA } from '../../shared/adapters/embedded/sqlite-stream-log.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { StreamWriter } from '../../shared/ports/stream-writer.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { InProcessVenue } from './in-process-venue.ts';
import { openMemoryState } from './memory-state.ts';
import { SimulatedTime, type SimulatedProcess } from './simulated-time.ts';
import { messagesBetween } from './trade-in-real-time.ts';

export const TRADES_A_SECOND = 10;
export const START_MS = 1_700_000_000_000;
/** The first trades are left alone: where an instrument is observed for the first time there is nothing to go on from. */
const QUIET_MS = 4000;
const DISTURBED_MS = 40_000;
const SETTLE_MS = 30_000;
const END_WITHIN_MS = 10_000;
const TICK_MS = 50;
/** For the first of them to take the lease and listen. */
const BEFORE_MS = 1000;
const LOST_ANSWERS = 0.05;

const TIMINGS: Partial<LiveTimings> = {
  pingAfterMs: 1000,
  answerWithinMs: 2000,
  silenceMs: 5000,
  restLagMs: 150,
  leaseMs: 3000,
  renewEveryMs: 1000,
  standbyEveryMs: 250,
};

export interface Played {
  readonly market: SyntheticMarket;
  readonly seconds: number;
  readonly log: SqliteStreamLog;
  readonly kills: number;
  readonly pauses: number;
  /** Collectors that were killed while they were catching up. */
  readonly killsInCatchUp: number;
}

interface Collector {
  readonly process: SimulatedProcess;
  readonly stop: AbortController;
  readonly said: string[];
  isOver: boolean;
}

/** What befalls the collector that began as the first or the second, so long after the quiet is over. */
export interface Strike {
  readonly afterMs: number;
  readonly place: 0 | 1;
  readonly what: { readonly kind: 'kill' } | { readonly kind: 'pause'; readonly forMs: number };
}

export interface Fate {
  readonly strikes: readonly Strike[];
  /** Whether the processes notice that they slept. */
  readonly noticesPauses: boolean;
  /** REST takes so much longer. */
  readonly restDelayMs: number;
}

/** Plays until every collector has ended in order. @param fate what chance would decide otherwise. */
export async function playTwoCollectors(seed: number, fate?: Fate): Promise<Played> {
  return new World(seed, fate).play();
}

class World {
  readonly #fate: Fate | null;
  readonly #market: SyntheticMarket;
  readonly #time = new SimulatedTime(START_MS - BEFORE_MS);
  readonly #random: () => number;
  readonly #venue: InProcessVenue;
  readonly #state = openMemoryState();
  readonly #log: SqliteStreamLog;
  readonly #collectors: Collector[] = [];
  readonly #said: string[] = [];
  #isDisturbed = false;
  #kills = 0;
  #killsInCatchUp = 0;
  #pauses = 0;
  #started = 0;

  constructor(seed: number, fate: Fate | null = null) {
    this.#fate = fate;
    this.#market = new SyntheticMarket({ seed, instruments: 3, tradesPerSecond: TRADES_A_SECOND });
    this.#random = mulberry32(seed);
    this.#venue = new InProcessVenue(this.#time, this.#random, fate?.restDelayMs);
    const database = openDatabase(':memory:', STREAM_LOG_SCHEMA);
    this.#log = new SqliteStreamLog(database, ['trades', 'raw'], () => this.#time.nowMs());
  }

  async play(): Promise<Played> {
    const seconds = (QUIET_MS + DISTURBED_MS) / 1000;
    this.#start(0);
    this.#start(1);
    await this.#time.pass(BEFORE_MS);
    this.#trade(START_MS + QUIET_MS + DISTURBED_MS);
    await this.#time.pass(QUIET_MS);
    if (this.#fate === null) this.#disturb(START_MS + QUIET_MS + DISTURBED_MS);
    else for (const strike of this.#fate.strikes) this.#strikeLater(strike);
    await this.#time.pass(DISTURBED_MS);
    for (const { process } of this.#collectors) process.resume();
    await this.#time.pass(SETTLE_MS);
    for (const { stop } of this.#collectors) stop.abort();
    await this.#end();
    const { kills, pauses } = { kills: this.#kills, pauses: this.#pauses };
    return {
      market: this.#market,
      seconds,
      log: this.#log,
      kills,
      pauses,
      killsInCatchUp: this.#killsInCatchUp,
    };
  }

  /** What is packed for the archive is packed by threads, which know of no time but the real one. */
  async #end(): Promise<void> {
    const deadline = performance.now() + END_WITHIN_MS;
    while (this.#collectors.some(({ isOver }) => !isOver)) {
      if (performance.now() > deadline) throw new Error(`a collector does not end:\n${this.#said.join('')}`);
      await this.#time.pass(TICK_MS);
      await sleep(1);
    }
  }

  #trade(untilMs: number): void {
    let fromMs = this.#time.nowMs();
    const tick = (): void => {
      const now = this.#time.nowMs();
      this.#venue.publish(messagesBetween(this.#market, fromMs, now));
      fromMs = now;
      if (now < untilMs) this.#time.at(now + TICK_MS, tick);
    };
    this.#time.at(fromMs + TICK_MS, tick);
  }

  #strikeLater({ afterMs, place, what }: Strike): void {
    this.#time.at(this.#time.nowMs() + afterMs, () => {
      if (what.kind === 'kill') this.#kill(place);
      else this.#pause(this.#collectors[place]!.process, what.forMs);
    });
  }

  #disturb(untilMs: number): void {
    this.#isDisturbed = true;
    const next = (): void => {
      const dueMs = this.#time.nowMs() + this.#between(300, 3000);
      if (dueMs < untilMs) this.#time.at(dueMs, strike);
    };
    const strike = (): void => {
      const place = this.#random() < 0.5 ? 0 : 1;
      const what = this.#random();
      if (what < 0.35) this.#kill(place);
      else if (what < 0.8) this.#pause(this.#collectors[place]!.process, this.#between(200, 9000));
      else this.#venue.dropConnections();
      next();
    };
    next();
  }

  #kill(place: number): void {
    const { process, said, isOver } = this.#collectors[place]!;
    // One that has failed is already to be started again: a second in its place would be stopped by nobody.
    if (isOver || process.status === 'killed') return;
    this.#kills++;
    const [last] = said.filter((line) => /connected|caught up/.test(line)).slice(-1);
    if (last?.includes('connected') === true) this.#killsInCatchUp++;
    process.kill();
    this.#startSoon(place);
  }

  #startSoon(place: number): void {
    this.#time.at(this.#time.nowMs() + this.#between(200, 3000), () => this.#start(place));
  }

  #pause(process: SimulatedProcess, forMs: number): void {
    if (process.status !== 'running') return;
    this.#pauses++;
    process.pause();
    this.#time.at(this.#time.nowMs() + forMs, () => process.resume());
  }

  #start(place: number): void {
    const process = this.#time.process(this.#fate?.noticesPauses ?? this.#random() < 0.5);
    const collector: Collector = { process, stop: new AbortController(), said: [], isOver: false };
    this.#collectors[place] = collector;
    const name = `${place}.${++this.#started}`;
    const write = (line: string): void => {
      collector.said.push(line);
      this.#said.push(`${this.#time.nowMs()} ${name} ${line}`);
    };
    collectLive({
      exchange: 'binance',
      instrumentIds: this.#market.instrumentIds,
      writer: this.#writerOf(process),
      state: this.#stateOf(process),
      transport: this.#venue.transportFor(process),
      time: process,
      log: createLog({ write }, 'info'),
      signal: collector.stop.signal,
      timings: TIMINGS,
      random: this.#random,
    }).then(
      () => (collector.isOver = true),
      (error: unknown) => {
        write(`failed: ${String(error)}`);
        collector.isOver = true;
        // Whoever runs a process that has failed starts it again.
        if (!collector.stop.signal.aborted) this.#startSoon(place);
      },
    );
  }

  /** A call of the process: made when it is awake, perhaps done while it is not, and answered when it is again. */
  async #call<T>(process: SimulatedProcess, done: () => Promise<T>): Promise<T> {
    await process.running();
    const isOnTheWire = this.#random() < 0.5;
    await (isOnTheWire ? this.#time : process).sleep(this.#between(1, 40));
    const result = await done();
    await process.sleep(this.#between(1, 40));
    return result;
  }

  #writerOf(process: SimulatedProcess): StreamWriter {
    return {
      append: async (stream, records) => this.#call(process, async () => this.#log.append(stream, records)),
    };
  }

  #stateOf(process: SimulatedProcess): StateStore {
    const call = async <T>(done: () => Promise<T>): Promise<T> => {
      const result = await this.#call(process, done);
      if (this.#isDisturbed && this.#random() < LOST_ANSWERS) throw new Error('no answer');
      return result;
    };
    return {
      get: async (table, key) => call(async () => this.#state.get(table, key)),
      query: async (...query) => call(async () => this.#state.query(...query)),
      queryIndex: async (...query) => call(async () => this.#state.queryIndex(...query)),
      write: async (write) => call(async () => this.#state.write(write)),
      transact: async (writes) => call(async () => this.#state.transact(writes)),
    };
  }

  #between(least: number, most: number): number {
    return Math.round(least + this.#random() * (most - least));
  }
}
