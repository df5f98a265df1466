import * as z from 'zod';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StateStore, Write } from '../../shared/ports/state-store.ts';
import type { Lease } from './lease.ts';

/** How far a live collector has come: the last trade of each instrument that both streams have. */
const livePosition = z.object({ lastTradeIds: z.record(z.string(), z.int().min(0)) });

type Ids = ReadonlyMap<InstrumentId, number>;

/**
 * Keeps where the next run has to begin to catch up, under the lease: whoever holds it reads what the holder before
 * wrote last, and that one can write no more. Instruments that are not listened to now keep their place.
 */
export class LivePosition {
  readonly #state: StateStore;
  readonly #lease: Lease;
  readonly #sourceId: string;
  readonly #lastTradeIds = new Map<InstrumentId, number>();

  constructor(state: StateStore, exchange: string, lease: Lease) {
    this.#state = state;
    this.#lease = lease;
    this.#sourceId = `live-${exchange}`;
  }

  /** To be called under the lease. */
  async load(): Promise<Ids> {
    const item = await this.#state.get('operations', collectorPositionKey(this.#sourceId));
    const stored = item === null ? {} : livePosition.parse(item.value).lastTradeIds;
    for (const [instrumentId, id] of Object.entries(stored)) this.#lastTradeIds.set(instrumentId, id);
    return new Map(this.#lastTradeIds);
  }

  /** Writes what has changed, and renews the lease with it. @throws LeaseLost */
  async save(ids: Ids): Promise<void> {
    const changed = this.#changesOf(ids);
    await this.#lease.renew(this.#writesOf(changed));
    this.#take(changed);
  }

  /** Writes what has changed, and hands the lease over with it. @throws LeaseLost */
  async saveAndRelease(ids: Ids): Promise<void> {
    const changed = this.#changesOf(ids);
    await this.#lease.release(this.#writesOf(changed));
    this.#take(changed);
  }

  #changesOf(ids: Ids): [InstrumentId, number][] {
    return [...ids].filter(([instrumentId, id]) => this.#lastTradeIds.get(instrumentId) !== id);
  }

  #writesOf(changed: readonly [InstrumentId, number][]): Write[] {
    if (changed.length === 0) return [];
    const lastTradeIds = { ...Object.fromEntries(this.#lastTradeIds), ...Object.fromEntries(changed) };
    const key = collectorPositionKey(this.#sourceId);
    return [
      { kind: 'put', table: 'operations', ...key, value: { lastTradeIds }, condition: { kind: 'none' } },
    ];
  }

  #take(changed: readonly [InstrumentId, number][]): void {
    for (const [instrumentId, id] of changed) this.#lastTradeIds.set(instrumentId, id);
  }
}
