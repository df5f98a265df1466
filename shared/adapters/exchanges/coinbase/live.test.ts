import { describe, expect, it } from '@jest/globals';
import type { BackfillPage, VenueTrade } from '../venue.ts';
import { coinbaseLive } from './live.ts';

const FROM_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const ID = 'coinbase:BTC-USD';

const trade = (id: number, ms: number): VenueTrade => ({
  kind: 'trade',
  instrumentId: ID,
  tradeId: String(id),
  price: '1',
  quantity: '1',
  takerSide: 'B',
  timeMs: FROM_MS + ms,
  receivedAtMs: FROM_MS + DAY_MS,
});

/** Asks until there is no more. @returns the ids in the order in which they can go on, each once, and the questions. */
function fetchAll(history: readonly VenueTrade[]): { ids: number[]; questions: number } {
  const after = { tradeId: 0, timeMs: FROM_MS };
  let page: BackfillPage | null = coinbaseLive.backfill!.first('', ID, after, FROM_MS + DAY_MS);
  let questions = 0;
  const ids = new Set<number>();
  while (page !== null) {
    const { searchParams } = new URL(page.request.url, 'http://coinbase');
    const [start, end] = [Number(searchParams.get('start')), Number(searchParams.get('end'))];
    const found = history.filter(
      ({ timeMs }) => Number(timeMs) >= start * 1000 && Number(timeMs) <= end * 1000,
    );
    const { trades, next }: ReturnType<BackfillPage['read']> = page.read(found.slice(-1000));
    for (const { tradeId } of trades) ids.add(Number(tradeId));
    page = next;
    questions++;
  }
  return { ids: [...ids], questions };
}

describe('what Coinbase is asked for after an interruption', () => {
  it('is one question where everything fits into its answer', () => {
    const history = Array.from({ length: 999 }, (_, n) => trade(n + 1, n * 80_000));
    expect(fetchAll(history)).toEqual({ ids: history.map(({ tradeId }) => Number(tradeId)), questions: 1 });
  });

  it('is few questions where a day has one busy minute', () => {
    const busy = Array.from({ length: 5000 }, (_, n) => trade(n + 1, 40_000_000 + n * 12));
    const { ids, questions } = fetchAll(busy);
    expect(ids).toEqual(busy.map(({ tradeId }) => Number(tradeId)));
    expect(questions).toBeLessThan(60);
  });

  it('goes on behind a second that has more than fits, for those cannot be had', () => {
    const crowded = Array.from({ length: 3000 }, (_, n) => trade(n + 1, 5001 + (n % 900)));
    const { ids } = fetchAll([...crowded, trade(5000, 60_000)]);
    expect(ids).toHaveLength(1001);
    expect(ids.at(-1)).toBe(5000);
  });
});
