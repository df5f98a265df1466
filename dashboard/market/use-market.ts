/** Candles and price of the instrument at hand. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/api-client.ts';
import { useReading, type Reading } from '../api/use-reading.ts';
import { partsOf, type Price } from '../api/views.ts';
import { useChannel, useFallback, usePlatform } from '../page/platform-access.ts';
import {
  INTERVAL_MS,
  joinPage,
  mergeCandles,
  newest,
  withPrice,
  type Candles,
  type ChartInterval,
} from './candle-series.ts';

/** Prices are pushed at most once a second, so the last one of a market that went quiet may never be. */
const PRICE_EVERY_MS = 5000;

/** The latest price, as it is pushed or read, whichever is newer. */
export function usePrice(instrumentId: string): Reading<Price> {
  const { api } = usePlatform();
  const { exchange, pair } = partsOf(instrumentId);
  const { everyMs, after } = useFallback();
  const reading = useReading(
    async () => api.call('GET /v1/prices/{pair}', { path: { pair }, query: { exchange } }),
    { of: instrumentId, everyMs: everyMs ?? PRICE_EVERY_MS, after },
  );
  const [pushed, setPushed] = useState<Price | null>(null);
  useChannel(`prices:${instrumentId}`, 'price', setPushed);
  const read = reading.value;
  const isPushed = pushed?.instrumentId === instrumentId && pushed.timeMs >= (read?.timeMs ?? 0);
  return { ...reading, value: isPushed ? pushed : read };
}

export interface CandlesView {
  /** null: not read yet. */
  readonly candles: Candles | null;
  readonly failure: Failure | null;
  /** Reads what lies before the oldest of them; does nothing while it reads, and when there is nothing. */
  readOlder(): void;
}

const PAGE = 500;
const MOST_CANDLES = 4000;
/** Gentle: the live price draws the candle under way between two readings. */
const UNDER_WAY_EVERY_MS = 3000;

export function useCandles(instrumentId: string, interval: ChartInterval, price: Price | null): CandlesView {
  const { api, notify } = usePlatform();
  const { exchange, pair } = partsOf(instrumentId);
  const of = `${instrumentId} ${interval}`;
  const read = async (query: { readonly limit: number; readonly to?: number }) =>
    api.call('GET /v1/candles/{pair}', { path: { pair }, query: { exchange, interval, ...query } });

  const [series, setSeries] = useState<{ readonly of: string; readonly candles: Candles } | null>(null);
  const take = (
    candles: Candles,
    join: (known: Candles, incoming: Candles) => Candles = mergeCandles,
  ): void =>
    setSeries((known) => {
      const joined = join(known?.of === of ? known.candles : [], candles);
      return { of, candles: newest(joined, MOST_CANDLES + PAGE) };
    });
  const kept = series?.of === of ? series.candles : null;

  const history = useReading(async () => read({ limit: PAGE }), { of, ...useFallback() });
  const latest = useReading(async () => read({ limit: 3 }), { of, everyMs: UNDER_WAY_EVERY_MS });
  useEffect(() => {
    if (history.value !== null) take(history.value.items, joinPage);
  }, [history.value]);
  useEffect(() => {
    // Before the history is there, three candles would draw a chart of three candles.
    if (latest.value !== null && history.value !== null) take(latest.value.items);
  }, [latest.value]);
  useChannel(`candles:${instrumentId}:${interval}`, 'candle', (candle) => {
    if (history.value !== null) take([candle]);
  });

  const isReadingOlder = useRef(false);
  const oldest = kept?.[0]?.openTimeMs;
  const reachedStart = useRef('');
  const readOlder = (): void => {
    if (oldest === undefined || isReadingOlder.current || reachedStart.current === of) return;
    if ((kept?.length ?? 0) >= MOST_CANDLES) return;
    isReadingOlder.current = true;
    void read({ limit: PAGE, to: oldest }).then((answer) => {
      isReadingOlder.current = false;
      if (answer.kind !== 'done') return notify({ tone: 'bad', text: `Older candles: ${answer.detail}` });
      if (answer.body.next === null) reachedStart.current = of;
      take(answer.body.items);
    });
  };
  const candles = useMemo(
    () => (kept === null ? null : withPrice(kept, price, INTERVAL_MS[interval])),
    [kept, price, interval],
  );
  return { candles, failure: history.failure ?? latest.failure, readOlder };
}
