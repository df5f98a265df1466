import * as z from 'zod';
import type { KnownTrade } from '../../shared/adapters/exchanges/venue.ts';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StateStore, Write } from '../../shared/ports/state-store.ts';
import type { Lease } from './lease.ts';

/** How far a live collector has come: the last trade of each instrument that both streams have. */
const livePosition = z.object({
  lastTradeIds: z.record(z.string(), z.int().min(0)),
  /** For venues that are asked by time; left out of a position that was written before there was one. */
  lastTradeTimesMs: z.record(z.string(), z.int().min(0)).optional(),
});

export type KnownTrades = ReadonlyMap<InstrumentId, KnownTrade>;

/**
 * Keeps where the next run has to begin to catch up, under the lease: whoever holds it reads what the holder before
 * wrote last, and that one can write no more. Instruments that are not listened to now keep their place.
 */
export class LivePosition {
  readonly #state: StateStore;
  readonly #lease: Lease;
  readonly #sourceId: string;
  readonly #lastTrades = new Map<InstrumentId, KnownTrade>();

  constructor(state: StateStore, exchange: string, lease: Lease) {
    this.#state = state;
    this.#lease = lease;
    this.#sourceId = `live-${exchange}`;
  }

  /** To be called under the lease. */
  async load(): Promise<KnownTrades> {
    const item = await this.#state.get('operations', collectorPositionKey(this.#sourceId));
    if (item === null) return new Map();
    const { lastTradeIds, lastTradeTimesMs = {} } = livePosition.parse(item.value);
    for (const [instrumentId, tradeId] of Object.entries(lastTradeIds))
      this.#lastTrades.set(instrumentId, { tradeId, timeMs: lastTradeTimesMs[instrumentId] ?? null });
    return new Map(this.#lastTrades);
  }

  /** Writes what has changed, and renews the lease with it. @throws LeaseLost */
  async save(trades: KnownTrades): Promise<void> {
    const changed = this.#changesOf(trades);
    await this.#lease.renew(this.#writesOf(changed));
    this.#take(changed);
  }

  /** Writes what has changed, and hands the lease over with it. @throws LeaseLost */
  async saveAndRelease(trades: KnownTrades): Promise<void> {
    const changed = this.#changesOf(trades);
    await this.#lease.release(this.#writesOf(changed));
    this.#take(changed);
  }

  #changesOf(trades: KnownTrades): [InstrumentId, KnownTrade][] {
    return [...trades].filter(
      ([instrumentId, { tradeId }]) => this.#lastTrades.get(instrumentId)?.tradeId !== tradeId,
    );
  }

  #writesOf(changed: readonly [InstrumentId, KnownTrade][]): Write[] {
    if (changed.length === 0) return [];
    const lastTrades = new Map([...this.#lastTrades, ...changed]);
    const value = {
      lastTradeIds: Object.fromEntries([...lastTrades].map(([id, { tradeId }]) => [id, tradeId])),
      lastTradeTimesMs: Object.fromEntries(
        [...lastTrades].flatMap(([id, { timeMs }]) => (timeMs === null ? [] : [[id, timeMs] as const])),
      ),
    };
    const key = collectorPositionKey(this.#sourceId);
    return [{ kind: 'put', table: 'operations', ...key, value, condition: { kind: 'none' } }];
  }

  #take(changed: readonly [InstrumentId, KnownTrade][]): void {
    for (const [instrumentId, trade] of changed) this.#lastTrades.set(instrumentId, trade);
  }
}
