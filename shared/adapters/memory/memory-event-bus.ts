import { deterministicId } from '../../domain/ids.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { systemTime } from '../../ports/time.ts';
import type { RuleDefinition } from '../../topology-schema.ts';
import type { FunctionName } from '../../topology.ts';
import type { DeadDelivery, Deliveries, Delivery } from '../delivery.ts';
import { checkEvent, targetsByDetailType } from '../event-routing.ts';
import { Listeners } from '../listeners.ts';

interface KeptDelivery extends Omit<Delivery, 'detail'> {
  readonly functionName: FunctionName;
  /** As JSON. */
  readonly detail: string;
  readonly dueAtMs: number;
}

/** What outlives the processes that publish and deliver. */
export interface KeptDeliveries {
  readonly waiting: Map<number, KeptDelivery>;
  readonly dead: DeadDelivery[];
  lastId: number;
}

export function keptDeliveries(): KeptDeliveries {
  return { waiting: new Map(), dead: [], lastId: 0 };
}

/** A bus in maps, as one process sees it. What has been taken is its own affair: to another one it is due again. */
export class MemoryEventBus implements Deliveries {
  readonly #kept: KeptDeliveries;
  readonly #targets: ReadonlyMap<string, readonly string[]>;
  readonly #now: () => number;
  readonly #taken = new Set<number>();
  readonly #published = new Listeners<FunctionName>();

  constructor(
    rules: readonly RuleDefinition[],
    kept: KeptDeliveries = keptDeliveries(),
    now: () => number = () => systemTime.nowMs(),
  ) {
    this.#kept = kept;
    this.#targets = targetsByDetailType(rules);
    this.#now = now;
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    const details = events.map(checkEvent);
    const publishedAtMs = this.#now();
    const told = new Set<FunctionName>();
    for (const [i, { detailType }] of events.entries()) {
      const eventId = deterministicId('event', this.#kept.lastId + 1);
      for (const target of this.#targets.get(detailType) ?? []) {
        const functionName = target as FunctionName;
        const id = ++this.#kept.lastId;
        const detail = details[i]!;
        this.#kept.waiting.set(id, {
          ...{ id, functionName, eventId, detailType, detail, publishedAtMs },
          ...{ dueAtMs: 0, attempts: 0 },
        });
        told.add(functionName);
      }
    }
    for (const functionName of told) this.#published.tell(functionName);
  }

  take(functionName: FunctionName, max: number, nowMs: number): Delivery[] {
    const due = this.#free(functionName).filter(({ dueAtMs }) => dueAtMs <= nowMs);
    const taken = due.slice(0, max);
    for (const { id } of taken) this.#taken.add(id);
    return taken.map(toDelivery);
  }

  acknowledge(id: number): void {
    this.#kept.waiting.delete(id);
    this.#taken.delete(id);
  }

  putBack(_functionName: FunctionName, id: number): void {
    this.#taken.delete(id);
  }

  retryLater(id: number, atMs: number, _cause: string): void {
    const known = this.#kept.waiting.get(id);
    if (known === undefined) return;
    this.#kept.waiting.set(id, { ...known, dueAtMs: atMs, attempts: known.attempts + 1 });
    this.#taken.delete(id);
  }

  giveUp(id: number, cause: string): void {
    const known = this.#kept.waiting.get(id);
    if (known === undefined) return;
    const { functionName, attempts } = known;
    this.#kept.dead.push({ ...toDelivery(known), attempts: attempts + 1, functionName, cause });
    this.acknowledge(id);
  }

  pendingCount(functionName: FunctionName): number {
    let count = 0;
    for (const delivery of this.#kept.waiting.values()) if (delivery.functionName === functionName) count++;
    return count;
  }

  nextDueMs(functionName: FunctionName): number | null {
    return this.#free(functionName)[0]?.dueAtMs ?? null;
  }

  onPublish(listener: (functionName: FunctionName) => void): () => void {
    return this.#published.add(listener);
  }

  /** Those that nobody has taken, due longest first. */
  #free(functionName: FunctionName): KeptDelivery[] {
    const free: KeptDelivery[] = [];
    for (const delivery of this.#kept.waiting.values())
      if (delivery.functionName === functionName && !this.#taken.has(delivery.id)) free.push(delivery);
    return free.sort((a, b) => a.dueAtMs - b.dueAtMs || a.id - b.id);
  }
}

function toDelivery({ functionName: _, dueAtMs: __, detail, ...rest }: KeptDelivery): Delivery {
  return { ...rest, detail: JSON.parse(detail) as unknown };
}
