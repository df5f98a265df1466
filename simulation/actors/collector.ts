import { MemoryQueues } from '../../shared/adapters/memory/memory-queues.ts';
import { MemoryStreamLog } from '../../shared/adapters/memory/memory-stream-log.ts';
import { laneOf } from '../../shared/domain/market-data/lane.ts';
import { recordOfLane, type StreamRecord } from '../../shared/ports/stream-writer.ts';
import { topology } from '../../shared/topology.ts';
import type { DurableStores } from '../fabric/durable.ts';
import type { SimulatedMarket } from '../fabric/market.ts';
import type { SimulatedPlatform } from '../fabric/platform.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Chance } from '../time/chance.ts';
import type { Life } from '../time/life.ts';
import { ACCOUNTS, INSTRUMENTS } from './trader.ts';

interface CollectorOptions {
  readonly life: Life;
  readonly market: SimulatedMarket;
  readonly plan: FaultPlan;
  readonly chance: Chance;
  /** null: its process is down. What is sent then lies in the log when it comes back. */
  readonly platform: () => SimulatedPlatform | null;
  readonly stores: DurableStores;
}

const SECOND_MS = 1000;
const MOST_DELAY_MS = 200;
const QUIET_TRADE_MS = 20_000;

/** Sends a market down the lanes as the collector does, a process of its own: with repetitions, and what nobody can read. */
export class Collector {
  readonly #options: CollectorOptions;
  #isQuiet = false;
  #tradedAtMs = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  start(): void {
    const { life, chance } = this.#options;
    let second = life.nowMs();
    const next = (): void => {
      const dueMs = second + SECOND_MS + chance.below(MOST_DELAY_MS);
      life.after(dueMs - life.nowMs(), () => {
        this.#send(second);
        second += SECOND_MS;
        next();
      });
    };
    next();
  }

  /** Little is traded any more, and at one price: what waits for a trade gets it, and nobody changes their mind. */
  quieten(): void {
    this.#isQuiet = true;
  }

  #send(second: number): void {
    const { market, plan } = this.#options;
    if (this.#isQuiet) {
      if (second - this.#tradedAtMs < QUIET_TRADE_MS) return;
      this.#tradedAtMs = second;
      this.#append(market.lull(second));
      return;
    }
    if (plan.happens('resent', 'collector')) this.#append(market.previous);
    this.#append(market.second(second, plan.happens('poison', 'collector')));
    if (plan.happens('poison', 'collector')) {
      const lane = laneOf(INSTRUMENTS[0]);
      this.#append([recordOfLane(lane, Buffer.from('{"poison":'))]);
    }
    if (plan.happens('poison', 'queue')) this.#sendPoison(second);
  }

  #append(records: readonly StreamRecord[]): void {
    const { platform, stores, life } = this.#options;
    const log = platform()?.streamLog ?? new MemoryStreamLog(stores.streams, () => life.nowMs());
    void log.append('trades', records);
  }

  #sendPoison(second: number): void {
    const { platform, stores, life } = this.#options;
    const queues = platform()?.queues ?? new MemoryQueues(topology.queues, stores.queues, () => life.nowMs());
    const poison = { body: '"poison"', deduplicationId: `poison-${second}` };
    void queues.send('orders-standard', [{ ...poison, groupId: 'poison' }]);
    // What the account's desk is to hear comes behind it, and must not wait for it.
    void queues.send('desks', [{ ...poison, groupId: ACCOUNTS[0] }]);
  }
}
