import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { fence, NO_FENCE } from '../../shared/contracts/fence.ts';
import { collectorLeaseKey } from '../../shared/contracts/record-keys.ts';
import {
  ConditionFailed,
  conditionOn,
  type Item,
  type PutWrite,
  type StateStore,
  type Write,
} from '../../shared/ports/state-store.ts';
import { describeError } from '../../shared/runtime/define-function.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Time } from '../../shared/ports/time.ts';

/** Another collector has taken over: nothing more is to be sent, and nothing is to be kept. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('the lease was lost: another collector has taken over');
  }
}

export interface LeaseTimings {
  /** After its last renewal nobody takes the lease for so long. */
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** Who stands by looks so often. */
  readonly standbyEveryMs: number;
}

export interface LeaseOptions {
  readonly state: StateStore;
  readonly exchange: string;
  readonly timings: LeaseTimings;
  readonly time: Time;
  readonly log: Log;
  /** Whoever held it has ended for certain, as in a data folder, which one process holds: it is taken at once. */
  readonly isSole: boolean;
}

const leaseRecord = z.object({
  fence,
  /** Names this one acquisition. */
  holder: z.string(),
  leaseMs: z.int().min(1),
  /** `released`: handed over, and to be had at once. */
  status: z.enum(['held', 'released']),
  /** By the holder's clock. For people: nobody decides by it. */
  renewedAtMs: z.int(),
});
type LeaseRecord = z.infer<typeof leaseRecord>;

const TABLE = 'operations';
/** A store that cannot be read for so long in a row is no store. */
const MAX_FAILED_LOOKS = 20;

/**
 * Takes the lease of an exchange, once whoever holds it lets it go or has not renewed it for as long as it lasts. That
 * time is measured here, from when the renewal was seen: no two clocks are compared.
 * @returns null: the signal came first.
 */
export async function takeLease(options: LeaseOptions, signal: AbortSignal): Promise<Lease | null> {
  const watch = new LeaseWatch(options);
  while (!signal.aborted) {
    const lease = await watch.look();
    if (lease !== null) return lease;
    // An abort ends the wait as well as the loop.
    await options.time.sleep(options.timings.standbyEveryMs, signal).catch(() => undefined);
  }
  return null;
}

/** What one who stands by knows of the lease. */
class LeaseWatch {
  readonly #options: LeaseOptions;
  readonly #holder = randomUUID();
  #seen: { readonly version: number; readonly atMs: number } | null = null;
  #failures = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** @returns the lease; null: not to be had yet. */
  async look(): Promise<Lease | null> {
    const { exchange, log } = this.#options;
    try {
      const lease = await this.#take();
      this.#failures = 0;
      return lease;
    } catch (error) {
      if (++this.#failures >= MAX_FAILED_LOOKS) throw error;
      log.warn('the lease cannot be read', { exchange, error: describeError(error) });
      return null;
    }
  }

  async #take(): Promise<Lease | null> {
    const { state, exchange, time, log } = this.#options;
    const beganAt = time.elapsedMs();
    const item = await state.get<unknown>(TABLE, collectorLeaseKey(exchange));
    const held = item === null ? null : leaseRecord.parse(item.value);
    // The answer to an earlier attempt may have been lost, though it succeeded.
    if (item !== null && held?.holder === this.#holder) return this.#lease(held, item.version, beganAt);
    if (item !== null && held?.status === 'held' && !this.#isOver(item, held)) return null;
    const next = this.#next(held);
    try {
      await state.write(leaseWrite(exchange, next, item?.version ?? null));
    } catch (error) {
      if (error instanceof ConditionFailed) return null;
      throw error;
    }
    log.info('took the lease', { exchange, fence: next.fence, after: held?.status ?? null });
    return this.#lease(next, (item?.version ?? 0) + 1, beganAt);
  }

  #isOver({ version }: Item, { leaseMs, holder, fence: current }: LeaseRecord): boolean {
    const { isSole, exchange, time, log } = this.#options;
    if (isSole) return true;
    const now = time.elapsedMs();
    if (this.#seen === null) log.info('standing by', { exchange, holder, fence: current });
    if (this.#seen?.version !== version) this.#seen = { version, atMs: now };
    return now - this.#seen.atMs >= leaseMs;
  }

  /** A fence is no smaller than the time of day: it grows even if the item was lost, or restored from a backup. */
  #next(held: LeaseRecord | null): LeaseRecord {
    const { time, timings } = this.#options;
    const now = time.nowMs();
    return {
      fence: Math.max((held?.fence ?? NO_FENCE) + 1, now),
      holder: this.#holder,
      leaseMs: timings.leaseMs,
      status: 'held',
      renewedAtMs: now,
    };
  }

  #lease(record: LeaseRecord, version: number, beganAt: number): Lease {
    return new Lease(this.#options, record, version, beganAt);
  }
}

/** A lease as its holder has it. */
export class Lease {
  readonly fence: number;
  readonly #options: LeaseOptions;
  readonly #record: LeaseRecord;
  #version: number;
  #renewedAt: number;
  #triedAt: number;
  #isLost = false;
  #last: Promise<void> = Promise.resolve();

  /** @param renewedAt when the write began by which it is held. */
  constructor(options: LeaseOptions, record: LeaseRecord, version: number, renewedAt: number) {
    this.#options = options;
    this.#record = record;
    this.#version = version;
    this.#renewedAt = this.#triedAt = renewedAt;
    this.fence = record.fence;
  }

  /**
   * Holds it for longer. What is written with it is written under the lease or not at all: one transaction.
   * @throws LeaseLost
   */
  async renew(withIt: readonly Write[] = []): Promise<void> {
    return this.#inTurn(async () => this.#write('held', withIt));
  }

  /** Hands it over: the next collector takes it at its next look. @throws LeaseLost */
  async release(withIt: readonly Write[] = []): Promise<void> {
    return this.#inTurn(async () => {
      await this.#write('released', withIt);
      this.#isLost = true;
    });
  }

  /**
   * To be asked before anything is sent: whoever slept past the end of the lease asks the store whether it is still
   * theirs. A store that does not answer hinders nobody, as the fence guards what is sent.
   * @throws LeaseLost
   */
  async assure(): Promise<void> {
    const { time, timings, exchange, log } = this.#options;
    const isOver = (): boolean => time.elapsedMs() - this.#renewedAt >= timings.leaseMs;
    if (isOver()) await this.#last;
    if (this.#isLost) throw new LeaseLost();
    if (!isOver() || time.elapsedMs() - this.#triedAt < timings.renewEveryMs) return;
    try {
      await this.renew();
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      log.warn('the lease cannot be renewed', { exchange, error: describeError(error) });
    }
  }

  async #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(write);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(status: LeaseRecord['status'], withIt: readonly Write[]): Promise<void> {
    if (this.#isLost) throw new LeaseLost();
    const { state, exchange, time } = this.#options;
    const beganAt = (this.#triedAt = time.elapsedMs());
    const record: LeaseRecord = { ...this.#record, status, renewedAtMs: time.nowMs() };
    try {
      await state.transact([leaseWrite(exchange, record, this.#version), ...withIt]);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      this.#version = await this.#ownVersion();
      await state.transact([leaseWrite(exchange, record, this.#version), ...withIt]);
    }
    this.#version++;
    this.#renewedAt = beganAt;
  }

  /** A renewal of which the answer was lost has moved the version on. @throws LeaseLost when it was somebody else. */
  async #ownVersion(): Promise<number> {
    const { state, exchange } = this.#options;
    const item = await state.get<LeaseRecord>(TABLE, collectorLeaseKey(exchange));
    if (item !== null && item.value.holder === this.#record.holder) return item.version;
    this.#isLost = true;
    throw new LeaseLost();
  }
}

function leaseWrite(exchange: string, value: LeaseRecord, version: number | null): PutWrite {
  const key = collectorLeaseKey(exchange);
  return { kind: 'put', table: TABLE, ...key, value, condition: conditionOn(version) };
}
