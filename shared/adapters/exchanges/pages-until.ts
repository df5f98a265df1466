import type { BackfillPage, TradePage } from './venue.ts';

/** One trade with a wrong stamp must not end a range: so many of the last must lie behind it. */
const PROVES_THE_END = 10;

/** The pages by which gaps are filled, up to a time. */
export function pagesUntil(page: BackfillPage, toMs: number): TradePage {
  return {
    request: page.request,
    read: (told) => {
      const { trades, next } = page.read(told);
      const last = trades.slice(-PROVES_THE_END);
      const isOver =
        last.length > 0 && last.every(({ timeMs }) => typeof timeMs === 'number' && timeMs >= toMs);
      return { trades, next: next === null || isOver ? null : pagesUntil(next, toMs) };
    },
  };
}
