import { isTradeTime } from '../../../contracts/lane-rows.ts';
import type { PublishedFile, ReadRow } from './published-file.ts';

/** The file without what has not happened yet, which is set aside: nobody publishes that, and its stamps are wrong. */
export function notAhead(file: PublishedFile, nowMs: number): PublishedFile {
  return {
    ...file,
    async *read() {
      for await (const rows of file.read()) yield rows.map((read) => notAheadRow(read, nowMs));
    },
  };
}

function notAheadRow(read: ReadRow, nowMs: number): ReadRow {
  if ('cause' in read) return read;
  const { line, row } = read;
  const timeMs = row.kind === 'candle' ? row.openTimeMs : row.timeMs;
  const isPast: boolean = isTradeTime(timeMs, nowMs, true);
  if (isPast) return read;
  return {
    line,
    cause: `${row.kind === 'candle' ? 'open_time' : 'time'}: expected a past time, got ${timeMs}`,
  };
}
