import { checkReadLimit } from '../clickhouse/requests.ts';
import type { QualityEvent } from '../../domain/market-data/quality-event.ts';
import type { QualityPlace, QualityRange, QualityStore } from '../../ports/quality-store.ts';

/** The log in memory, with the promises of the real store. */
export class MemoryQualityStore implements QualityStore {
  readonly events: QualityEvent[] = [];

  async insert(events: readonly QualityEvent[]): Promise<void> {
    for (const event of events) if (!this.events.some(({ id }) => id === event.id)) this.events.push(event);
  }

  async newest(range: QualityRange): Promise<readonly QualityEvent[]> {
    const { venue, instrumentId, flag, fromMs, toMs, before, limit } = range;
    checkReadLimit(limit);
    return this.events
      .filter((event) => venue === null || event.venue === venue)
      .filter((event) => instrumentId === null || event.instrumentId === instrumentId)
      .filter((event) => flag === null || event.flag === flag)
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .filter((event) => before === null || compare(event, before) < 0)
      .sort((a, b) => compare(b, a))
      .slice(0, limit);
  }
}

function compare(a: QualityPlace, b: QualityPlace): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
