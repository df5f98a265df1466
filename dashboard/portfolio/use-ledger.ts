/** Portfolio, fills and equity of the day, kept up with what the platform pushes. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/api-client.ts';
import { useReading } from '../api/use-reading.ts';
import type { Fill, Portfolio } from '../api/views.ts';
import { startOfDay } from '../numbers/format-time.ts';
import { useChannel, useFallback, usePlatform } from '../page/platform-access.ts';
import { equityHistory, sampled, type EquityPoint } from './equity-history.ts';
import { EquityWatch } from './equity-watch.ts';
import { inCurrency, readLedger, type Ledger } from './read-ledger.ts';

export interface LedgerView {
  readonly portfolio: Portfolio | null;
  /** Newest first. */
  readonly fills: readonly Fill[] | null;
  readonly equity: EquityCurve | null;
  readonly failure: Failure | null;
  /** After something that changes positions. */
  refresh(): void;
}

export interface EquityCurve {
  readonly points: readonly EquityPoint[];
  readonly startEquity: string;
  readonly sinceMs: number;
  readonly isWholeDay: boolean;
}

const PORTFOLIO_EVERY_MS = 2000;
const MOST_FILLS = 6000;
const CURVE_POINTS = 400;

/** @param quoteCurrency whose equity is drawn */
export function useLedger(quoteCurrency: string): LedgerView {
  const { api } = usePlatform();
  const fallback = useFallback();
  const ledger = useReading(async () => readLedger(api, Date.now()), fallback);
  const portfolio = useReading(async () => api.call('GET /v1/portfolio'), { everyMs: PORTFOLIO_EVERY_MS });
  const [pushed, setPushed] = useState<readonly Fill[]>([]);
  useChannel('portfolio', 'portfolio', ({ fill }) => {
    setPushed((known) => [fill, ...known].slice(0, MOST_FILLS));
    portfolio.refresh();
  });
  const fills = useMemo(
    () => (ledger.value === null ? null : mergeFills(ledger.value.fills, pushed)),
    [ledger.value, pushed],
  );
  useRefreshWhenOutgrown(ledger.value, portfolio.value, fills, ledger.refresh);
  return {
    portfolio: portfolio.value,
    fills,
    equity: useEquity(ledger.value, portfolio.value, fills, quoteCurrency),
    failure: portfolio.failure ?? ledger.failure,
    refresh: portfolio.refresh,
  };
}

/** Newest first, each once. */
function mergeFills(read: readonly Fill[], pushed: readonly Fill[]): readonly Fill[] {
  const known = new Set(read.map(({ fillId }) => fillId));
  const fresh = pushed.filter(({ fillId }) => !known.has(fillId) && known.add(fillId));
  if (fresh.length === 0) return read;
  return [...fresh, ...read].sort((a, b) => b.timeMs - a.timeMs).slice(0, MOST_FILLS);
}

/** A strategy that came or went, the first fill, and a new day ask for a new beginning of the history. */
function useRefreshWhenOutgrown(
  ledger: Ledger | null,
  portfolio: Portfolio | null,
  fills: readonly Fill[] | null,
  refresh: () => void,
): void {
  const held =
    portfolio?.positions
      .map(({ strategyId }) => strategyId)
      .sort()
      .join() ?? null;
  const known = ledger === null ? null : [...ledger.books.keys()].sort().join();
  const dayMs = startOfDay(fills?.[0]?.timeMs ?? 0);
  const isFirst = ledger?.fills.length === 0 && (fills?.length ?? 0) > 0;
  const isOutgrown = ledger !== null && (isFirst || dayMs > startOfDay(ledger.sinceMs));
  useEffect(() => {
    if ((held !== null && known !== null && held !== known) || isOutgrown) refresh();
  }, [held, isOutgrown]);
}

function useEquity(
  ledger: Ledger | null,
  portfolio: Portfolio | null,
  fills: readonly Fill[] | null,
  quoteCurrency: string,
): EquityCurve | null {
  const watch = useRef(new EquityWatch()).current;
  return useMemo(() => {
    if (ledger === null || portfolio === null || fills === null) return null;
    const { sinceMs, isWholeDay, prices, marks } = ledger;
    const today = fills.filter(({ timeMs }) => timeMs >= sinceMs);
    const books = inCurrency(ledger.books, quoteCurrency);
    const history = equityHistory({ timeMs: sinceMs, books, prices }, today, marks);
    watch.observe(portfolio, quoteCurrency, history.at(-1)!.timeMs);
    const points = watch.joined(history);
    return { points: sampled(points, CURVE_POINTS), startEquity: history[0]!.equity, sinceMs, isWholeDay };
  }, [ledger, portfolio, fills, quoteCurrency]);
}
