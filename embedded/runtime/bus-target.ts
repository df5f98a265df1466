import type { EventBridgeEvent } from 'aws-lambda';
import type { Deliveries, Delivery } from '../../shared/adapters/delivery.ts';
import { UnknownVersion } from '../../shared/contracts/versioned.ts';
import type { Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Patience } from '../../shared/runtime/patience.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { DeliveryLoop, type Turn } from './delivery-loop.ts';
import type { Faults } from './faults.ts';
import type { GivingWay } from './giving-way.ts';
import type { Invoker } from './invoker.ts';
import { waitMs, type RetryPolicy } from './retry-policy.ts';

/** Deliveries looked at together, so that injected faults have something to reorder. */
const TAKE = 16;
const MAX_ATTEMPTS = 5;

export interface BusTargetOptions {
  readonly functionName: FunctionName;
  readonly bus: Deliveries;
  readonly invoker: Invoker;
  readonly faults: Faults;
  /** Events that the function works on side by side. */
  readonly atOnce: number;
  readonly retry: RetryPolicy;
  readonly patience: Patience;
  readonly time: Time;
  /** Who goes first when a tape waits; null: it waits for this function. */
  readonly givingWay: GivingWay | null;
  readonly onProgress: () => void;
}

/** Delivers events to one function, at least once and in no promised order. */
export class BusTarget {
  readonly functionName: FunctionName;
  readonly #options: BusTargetOptions;
  readonly #loops: readonly DeliveryLoop[];
  readonly #take: number;

  constructor(options: BusTargetOptions) {
    const { functionName, atOnce, patience, time } = options;
    this.#options = options;
    this.functionName = functionName;
    // What one of several has taken, the others cannot have.
    this.#take = atOnce === 1 ? TAKE : 1;
    this.#loops = Array.from(
      { length: atOnce },
      () => new DeliveryLoop(functionName, async () => this.#deliverNext(), patience, time),
    );
  }

  get pending(): number {
    return this.#options.bus.pendingCount(this.functionName);
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  wake(): void {
    for (const loop of this.#loops) loop.wake();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map(async (loop) => loop.stop()));
  }

  /** @throws Unreachable, and what was taken is due as before: an event comes at least once */
  async #deliverNext(): Promise<Turn> {
    const { bus, faults, givingWay, onProgress, time } = this.#options;
    const passesAtMs = this.pending === 0 ? null : (givingWay?.untilMs(time.nowMs()) ?? null);
    if (passesAtMs !== null) return { idleUntilMs: passesAtMs };
    const waiting = bus.take(this.functionName, this.#take, time.nowMs());
    if (waiting.length === 0) {
      const nextDueMs = bus.nextDueMs(this.functionName);
      return nextDueMs === null ? 'idle' : { idleUntilMs: nextDueMs };
    }
    try {
      const left = [...waiting];
      while (left.length > 0) {
        const [delivery] = left.splice(faults.pick(left.length), 1);
        await this.#deliver(delivery!);
        onProgress();
      }
    } finally {
      // What could not be settled, on a full disk for instance, must not be kept till the process ends.
      for (const { id } of waiting) bus.putBack(this.functionName, id);
    }
    return 'worked';
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { bus, invoker, retry, time } = this.#options;
    try {
      await invoker.invoke(this.functionName, eventBridgeEvent(delivery));
      bus.acknowledge(delivery.id);
    } catch (error) {
      // Nothing was said of the event, so nothing counts against it.
      if (error instanceof Unreachable) throw error;
      const attempts = delivery.attempts + 1;
      const cause = JSON.stringify(describeError(error));
      log.warn('event failed', {
        function: this.functionName,
        detailType: delivery.detailType,
        attempts,
        cause,
      });
      if (attempts < MAX_ATTEMPTS || error instanceof UnknownVersion)
        bus.retryLater(delivery.id, time.nowMs() + waitMs(retry, attempts), cause);
      else {
        log.error('event given up', { function: this.functionName, eventId: delivery.eventId });
        bus.giveUp(delivery.id, cause);
      }
    }
  }
}

function eventBridgeEvent(delivery: Delivery): EventBridgeEvent<string, unknown> {
  return {
    id: delivery.eventId,
    version: '0',
    account: '000000000000',
    time: new Date(delivery.publishedAtMs).toISOString(),
    region: 'embedded',
    resources: [],
    source: 'millrace',
    'detail-type': delivery.detailType,
    detail: delivery.detail,
  };
}
