import { archiveDay, tradesByHour } from '../../../shared/adapters/files/trade-archive/archive-day.ts';
import { MAX_BEHIND_MS } from '../../../shared/contracts/lane-rows.ts';
import { archivedDayKey, archiveWalkKey } from '../../../shared/contracts/record-keys.ts';
import { intervalMs, openTimeOf } from '../../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Ports } from '../../../shared/ports/index.ts';

const DAY_MS = intervalMs('1d');

export type Needs = Pick<Ports, 'trades' | 'objects' | 'state'>;

/** How far an instrument's days have been looked at. */
interface WalkRecord {
  /** Those before it were archived when they were over. */
  readonly nextDayMs: number;
  /** The next to be looked at again. */
  readonly againDayMs: number;
}

interface DayRecord {
  /** How many were archived when it was last looked at. */
  readonly trades: number;
}

/**
 * Walks over the days of an instrument that have trades: over each once as soon as it is over, and then, one a call, again
 * and again, since history of any age may be brought. Where as many trades are stored as are archived, nothing is read.
 */
export class ArchiveWalk {
  readonly #ports: Needs;
  readonly #instrumentId: InstrumentId;
  readonly #overMs: number;
  readonly #isShortOfTime: () => boolean;

  /** @param nowMs what a venue pushes is believed for a day: then nothing of a day is on its way any more */
  constructor(
    ports: Needs,
    instrumentId: InstrumentId,
    { nowMs, isShortOfTime }: { readonly nowMs: number; readonly isShortOfTime: () => boolean },
  ) {
    this.#ports = ports;
    this.#instrumentId = instrumentId;
    this.#overMs = openTimeOf(Math.max(0, nowMs - MAX_BEHIND_MS), '1d');
    this.#isShortOfTime = isShortOfTime;
  }

  /** @returns how many trades went into files. */
  async goOn(): Promise<number> {
    const stored = await this.#ports.state.get<WalkRecord>('operations', archiveWalkKey(this.#instrumentId));
    let { nextDayMs, againDayMs } = stored?.value ?? { nextDayMs: 0, againDayMs: 0 };
    let added = 0;
    for (;;) {
      const dayMs = await this.#dayFrom(nextDayMs, this.#overMs);
      if (dayMs === null) break;
      const { trades, isDone } = await this.#archive(dayMs);
      added += trades;
      if (!isDone) return added;
      nextDayMs = dayMs + DAY_MS;
      await this.#remember({ nextDayMs, againDayMs });
      if (this.#isShortOfTime()) return added;
    }
    const againMs = await this.#dayFrom(againDayMs, nextDayMs);
    if (againMs === null && againDayMs === 0) return added;
    const again = againMs === null ? null : await this.#archive(againMs);
    if (again !== null && !again.isDone) return added + again.trades;
    againDayMs = againMs === null ? 0 : againMs + DAY_MS;
    await this.#remember({ nextDayMs, againDayMs });
    return added + (again?.trades ?? 0);
  }

  /** The first day that has trades; null: there is none before. */
  async #dayFrom(fromMs: number, beforeMs: number): Promise<number | null> {
    if (fromMs >= beforeMs) return null;
    const [first] = await this.#ports.trades.between(this.#instrumentId, fromMs, beforeMs, 1);
    return first === undefined ? null : openTimeOf(first.timeMs, '1d');
  }

  async #archive(dayMs: number): Promise<{ readonly trades: number; readonly isDone: boolean }> {
    const { state, trades } = this.#ports;
    const instrumentId = this.#instrumentId;
    const key = archivedDayKey(instrumentId, new Date(dayMs).toISOString().slice(0, 10));
    const known = await state.get<DayRecord>('operations', key);
    const stored = await tradesByHour(trades, instrumentId, dayMs);
    if (known?.value.trades === [...stored.values()].reduce((sum, count) => sum + count, 0))
      return { trades: 0, isDone: true };
    const isShortOfTime = this.#isShortOfTime;
    const archived = await archiveDay(this.#ports, { instrumentId, dayMs, isShortOfTime });
    if (archived.isDone) await this.#put(key, { trades: archived.trades } satisfies DayRecord);
    return { trades: archived.tradesAdded, isDone: archived.isDone };
  }

  async #remember(walk: WalkRecord): Promise<void> {
    await this.#put(archiveWalkKey(this.#instrumentId), walk);
  }

  /** Whoever was first: what is archived says so by itself, and this saves looking. */
  async #put(
    key: { readonly pk: string; readonly sk: string },
    value: WalkRecord | DayRecord,
  ): Promise<void> {
    await this.#ports.state.write({
      kind: 'put',
      table: 'operations',
      ...key,
      value,
      condition: { kind: 'none' },
    });
  }
}
