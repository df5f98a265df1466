import type { ScheduledEvent } from 'aws-lambda';
import type { Ports } from '../../../shared/ports/index.ts';
import { defineFunction } from '../../../shared/runtime/define-function.ts';
import { ArchiveWalk } from './archive-walk.ts';

/** Left for the part that is being written, and for an answer that is long in coming. */
const LEAST_REMAINING_MS = 20_000;
/** Who is first changes with each call, so that a great backlog of one instrument keeps nobody from it. */
const TURN_MS = 300_000;

/**
 * Brings the trades of days that are over from ClickHouse into Parquet files, an instrument after the other, as far as it
 * comes in its time: what is archived says by itself how far that was.
 */
export function createHandler(ports: Pick<Ports, 'trades' | 'candles' | 'objects' | 'state' | 'clock'>) {
  return defineFunction('archive-trades', async (_event: ScheduledEvent, invocation) => {
    const nowMs = ports.clock.nowMs();
    const isShortOfTime = (): boolean => invocation.remainingMs() < LEAST_REMAINING_MS;
    const instruments = await ports.candles.instruments();
    const first = Math.floor(nowMs / TURN_MS) % Math.max(1, instruments.length);
    for (const instrumentId of [...instruments.slice(first), ...instruments.slice(0, first)]) {
      const walk = new ArchiveWalk(ports, instrumentId, { nowMs, isShortOfTime });
      const added = await walk.goOn();
      if (added > 0) invocation.count('tradesArchived', added);
      if (isShortOfTime()) return;
    }
  });
}
