/** One seed: a market, a desk, a venue and everything that can go wrong with what lies between, until all has come to its end. */
import type { FunctionModules } from '../embedded/runtime/functions.ts';
import type { OrderRecord } from '../shared/contracts/records.ts';
import { durableStores, stateHash, type DurableStores } from './fabric/durable.ts';
import { SimulatedMarket } from './fabric/market.ts';
import { SimulatedPlatform, type Plant } from './fabric/platform.ts';
import { putsOf, Watch, type Law, type Violation } from './fabric/watch.ts';
import { FaultPlan, type InjectedFault } from './faults/fault-plan.ts';
import type { Surroundings } from './faults/faulty-ports.ts';
import { allLaws } from './laws/laws.ts';
import { Collector } from './actors/collector.ts';
import { Operator } from './actors/operator.ts';
import { INSTRUMENTS, openDesks } from './actors/trader.ts';
import { chanceOf, type Chance } from './time/chance.ts';
import { Life } from './time/life.ts';
import { Scheduler } from './time/scheduler.ts';
import { WHOLE_SEED, type Scope } from './scope.ts';
import { Trace } from './time/trace.ts';

export interface SeedOptions {
  readonly seed: number;
  readonly modules: FunctionModules;
  readonly scope?: Scope;
  /** A fault on purpose in the place of a function's ports. */
  readonly plant?: Plant;
  /** Hears of every turn. */
  readonly onTurn?: (what: string, atMs: number) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly faults: readonly InjectedFault[];
  readonly orders: number;
  readonly fills: number;
  /** Of the market. */
  readonly seconds: number;
  /** Turns of the scheduler. */
  readonly turns: number;
  readonly crashes: number;
  /** Of all that is durable at the end. */
  readonly stateHash: string;
  /** Of everything that happened, in its order. */
  readonly traceHash: string;
}

/** 2026-01-05T00:00:00Z, a Monday. */
const START_MS = Date.UTC(2026, 0, 5);
const SECOND_MS = 1000;
const LEAST_ORDERS = 20;
const LEAST_FAULTS = 10;
const LEAST_SECONDS = 25;
const MOST_SECONDS = 240;
/** What a call takes at most, by seed: none lets chance alone say who goes first. */
const LATENCIES_MS = [0, 1, 5, 30] as const;
/** Of a function, by seed: one process does one after the other, a cloud as many as there are. */
const EVENTS_AT_ONCE = [1, 2, 5] as const;
const MOST_DOWNTIME_MS = 8000;
/** Longer than an order may be on its way: every candle closes, and what waits at the venue meets its trade. */
const LULL_MS = 100_000;
/**
 * What a crash left in an outbox is delivered within two minutes. The sweeper also asks after orders that should have been
 * over for ten: that is the last net, which mends what should never be torn, so it is not waited for.
 */
const AFTERMATH_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** What never comes to rest is a fault as well. */
const MOST_STEPS = 400_000;

export async function simulateSeed(options: SeedOptions): Promise<Outcome> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SeedOptions;
  readonly #scope: Scope;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #latencyMs: number;
  readonly #eventsAtOnce: number;
  readonly #plan: FaultPlan;
  readonly #stores: DurableStores = durableStores();
  readonly #watch: Watch;
  readonly #trace = new Trace();
  readonly #collector: Collector;
  readonly #operator: Operator;
  #platform: SimulatedPlatform | null = null;
  #life: Life | null = null;
  #orders = 0;
  #fills = 0;
  #crashes = 0;

  constructor(options: SeedOptions) {
    const { seed } = options;
    this.#options = options;
    this.#scheduler = new Scheduler(START_MS, chanceOf(seed, 'turns'));
    this.#chance = chanceOf(seed, 'delays');
    this.#latencyMs = this.#chance.oneOf(LATENCIES_MS);
    this.#eventsAtOnce = this.#chance.oneOf(EVENTS_AT_ONCE);
    const now = (): number => this.#scheduler.nowMs;
    this.#scope = options.scope ?? WHOLE_SEED;
    this.#plan = new FaultPlan(seed, this.#scope.faults, now, (fault) => this.#tell(`FAULT ${fault}`));
    this.#watch = new Watch([...allLaws(), this.#counter()], this.#stores, now);
    this.#collector = new Collector({
      life: new Life(this.#scheduler),
      market: new SimulatedMarket(seed, INSTRUMENTS),
      plan: this.#plan,
      chance: chanceOf(seed, 'collector'),
      platform: () => this.#platform,
      stores: this.#stores,
    });
    this.#operator = new Operator({
      life: new Life(this.#scheduler),
      chance: chanceOf(seed, 'operator'),
      state: this.#stores.state,
      watch: this.#watch,
    });
  }

  async run(): Promise<Outcome> {
    const { state } = this.#stores;
    const { seed } = this.#options;
    await openDesks({ seed, only: this.#scope.desks, state, watch: this.#watch, nowMs: START_MS });
    this.#boot();
    this.#operator.start();
    this.#collector.start();
    const seconds = await this.#market();
    await this.#end();
    return {
      seed,
      violation: this.#watch.violation,
      faults: this.#plan.injected,
      orders: this.#orders,
      fills: this.#fills,
      seconds,
      turns: this.#scheduler.steps,
      crashes: this.#crashes,
      stateHash: stateHash(this.#stores),
      traceHash: this.#trace.hash(),
    };
  }

  /** @returns how many seconds it lasted. */
  async #market(): Promise<number> {
    const { seconds } = this.#scope;
    const most = seconds ?? MOST_SECONDS;
    let passed = 0;
    while (passed < most && this.#watch.violation === null) {
      await this.#pass(SECOND_MS);
      passed++;
      const isEnough =
        passed >= LEAST_SECONDS && this.#orders >= LEAST_ORDERS && this.#plan.injected.length >= LEAST_FAULTS;
      if (seconds === null && isEnough) break;
    }
    return passed;
  }

  /** Nothing goes wrong any more and nothing is traded: what is under way has to come to its end. */
  async #end(): Promise<void> {
    this.#plan.end();
    await this.#operator.release();
    this.#collector.quieten();
    await this.#pass(LULL_MS);
    const untilMs = this.#scheduler.nowMs + AFTERMATH_MS;
    while (this.#watch.violation === null && !this.#isSettled() && this.#scheduler.nowMs < untilMs)
      await this.#pass(MINUTE_MS);
    if (this.#watch.violation === null) this.#watch.ended();
    this.#life?.end();
  }

  /** Only an order that is under way, or what tells of one, can still change anything. */
  #isSettled(): boolean {
    const { state, deliveries, queues } = this.#stores;
    if (deliveries.waiting.size > 0 || [...queues.messages.values()].some(({ length }) => length > 0))
      return false;
    for (const { sk } of state.kept()) if (sk === 'OUTBOX' || sk === 'RESERVATION') return false;
    return true;
  }

  async #pass(ms: number): Promise<void> {
    const untilMs = this.#scheduler.nowMs + ms;
    let isOver = false;
    this.#scheduler.at(untilMs, () => {
      isOver = true;
    });
    while (!isOver && this.#watch.violation === null) {
      if (!(await this.#scheduler.step())) break;
      if (this.#scheduler.steps > MOST_STEPS)
        this.#watch.broken('everything comes to rest', 'it goes on and on');
    }
  }

  /** A process begins, over whatever the one before it left. */
  #boot(): void {
    const life = new Life(this.#scheduler);
    const surroundings: Surroundings = {
      life,
      plan: this.#plan,
      chance: this.#chance,
      latencyMs: this.#latencyMs,
      crash: () => this.#crash(),
      trace: (what) => this.#tell(what),
    };
    const { modules, plant = null } = this.#options;
    const platform = new SimulatedPlatform({
      stores: this.#stores,
      watch: this.#watch,
      surroundings,
      modules,
      plant,
      eventsAtOnce: this.#eventsAtOnce,
    });
    this.#life = life;
    this.#platform = platform;
    platform.runtime
      .start()
      .catch((error: unknown) => this.#watch.broken('the platform starts', String(error)));
  }

  #crash(): void {
    this.#life!.end();
    this.#platform = null;
    this.#crashes++;
    this.#scheduler.at(this.#scheduler.nowMs + this.#chance.below(MOST_DOWNTIME_MS), () => this.#boot());
  }

  #tell(what: string): void {
    const { nowMs } = this.#scheduler;
    this.#trace.note(what, nowMs);
    this.#options.onTurn?.(what, nowMs);
  }

  #counter(): Law {
    return {
      name: 'counts',
      onWrites: (writes) => {
        const orders = putsOf(writes, 'orders', 'ORDER', 'ORDER');
        for (const { value } of orders) {
          const { status, accountId } = value as OrderRecord;
          if (status === 'INITIALIZED') this.#operator.sawOrder(accountId);
        }
        this.#orders += orders.filter(({ condition }) => condition.kind === 'absent').length;
        this.#fills += putsOf(writes, 'portfolio', 'FILL', 'FILL').length;
        return null;
      },
    };
  }
}
