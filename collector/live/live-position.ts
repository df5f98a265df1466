import * as z from 'zod';
import { collectorPositionKey } from '../../shared/contracts/record-keys.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

/** How far a live collector has come: the last durable trade of each instrument. */
const livePosition = z.object({ lastTradeIds: z.record(z.string(), z.int().min(0)) });

/** Keeps where the next run has to begin to catch up. Instruments that are not listened to now keep theirs. */
export class LivePosition {
  readonly #state: StateStore;
  readonly #sourceId: string;
  readonly #lastTradeIds = new Map<InstrumentId, number>();

  constructor(state: StateStore, exchange: string) {
    this.#state = state;
    this.#sourceId = `live-${exchange}`;
  }

  async load(): Promise<ReadonlyMap<InstrumentId, number>> {
    const item = await this.#state.get('operations', collectorPositionKey(this.#sourceId));
    const stored = item === null ? {} : livePosition.parse(item.value).lastTradeIds;
    for (const [instrumentId, id] of Object.entries(stored)) this.#lastTradeIds.set(instrumentId, id);
    return this.#lastTradeIds;
  }

  /** Writes only what has changed. */
  async save(durableIds: ReadonlyMap<InstrumentId, number>): Promise<void> {
    const changed = [...durableIds].filter(
      ([instrumentId, id]) => this.#lastTradeIds.get(instrumentId) !== id,
    );
    if (changed.length === 0) return;
    const lastTradeIds = { ...Object.fromEntries(this.#lastTradeIds), ...Object.fromEntries(changed) };
    await this.#state.write({
      kind: 'put',
      table: 'operations',
      ...collectorPositionKey(this.#sourceId),
      value: { lastTradeIds },
      condition: { kind: 'none' },
    });
    for (const [instrumentId, id] of changed) this.#lastTradeIds.set(instrumentId, id);
  }
}
