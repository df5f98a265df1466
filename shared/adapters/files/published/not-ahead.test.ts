import { expect, it } from '@jest/globals';
import { notAhead } from './not-ahead.ts';
import type { PublishedFile, ReadRow } from './published-file.ts';

it('sets aside what lies more than an hour ahead of now, and nothing else', async () => {
  const nowMs = Date.UTC(2024, 7, 9);
  const trade = (line: number, timeMs: number) =>
    ({ line, row: { kind: 'trade', timeMs } }) as unknown as ReadRow;
  const rows = [
    trade(1, Date.UTC(2017, 0)),
    { line: 2, cause: 'price: none' },
    trade(3, nowMs + 3_600_000),
    trade(4, nowMs + 3_600_001),
    { line: 5, row: { kind: 'candle', openTimeMs: Date.UTC(2090, 0) } } as unknown as ReadRow,
  ];
  const file = {
    path: 'a.csv',
    async *read() {
      yield await Promise.resolve(rows);
    },
  } as unknown as PublishedFile;
  const read: ReadRow[] = [];
  for await (const batch of notAhead(file, nowMs).read()) read.push(...batch);
  expect(read).toEqual([
    ...rows.slice(0, 3),
    { line: 4, cause: 'time: expected a past time, got 1723165200001' },
    { line: 5, cause: 'open_time: expected a past time, got 3786912000000' },
  ]);
});
