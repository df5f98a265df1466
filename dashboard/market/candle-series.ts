/** The candles of one instrument and interval as the chart holds them, put together from REST and the socket. */
import type { Candle, Price } from '../api/views.ts';
import { scaled } from '../numbers/exact-decimal.ts';

export const CHART_INTERVALS = [
  '1s',
  '30s',
  '1m',
  '5m',
  '15m',
  '1h',
  '4h',
  '1d',
] as const satisfies readonly Candle['interval'][];
export type ChartInterval = (typeof CHART_INTERVALS)[number];

export const INTERVAL_MS: Readonly<Record<ChartInterval, number>> = {
  '1s': 1_000,
  '30s': 30_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

/** In order of time, one candle a time. */
export type Candles = readonly Candle[];

/**
 * Puts candles together, in whatever order they arrive: a closed candle replaces the one that was under way, and a
 * revision, which counts more trades, the candle before it. What arrives late never takes anything back.
 */
export function mergeCandles(known: Candles, incoming: Candles): Candles {
  const fresh = incoming.filter((candle) => isNews(known, candle));
  if (fresh.length === 0) return known;
  const byTime = new Map(known.map((candle) => [candle.openTimeMs, candle]));
  for (const candle of fresh) {
    const held = byTime.get(candle.openTimeMs);
    if (held === undefined || supersedes(candle, held)) byTime.set(candle.openTimeMs, candle);
  }
  return [...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
}

function isNews(known: Candles, candle: Candle): boolean {
  const last = known.at(-1);
  if (last === undefined || candle.openTimeMs > last.openTimeMs) return true;
  const held = known.find(({ openTimeMs }) => openTimeMs === candle.openTimeMs);
  return held === undefined || supersedes(candle, held);
}

function supersedes(candle: Candle, held: Candle): boolean {
  if (candle.closed !== held.closed) return candle.closed;
  return candle.tradeCount > held.tradeCount;
}

/** The newest `most` of them. */
export function newest(candles: Candles, most: number): Candles {
  return candles.length > most ? candles.slice(-most) : candles;
}

/**
 * Puts the newest page behind what is known, or in its place where they do not meet: after a long absence candles are
 * missing in between, and a chart that leaves them out would not show it.
 */
export function joinPage(known: Candles, page: Candles): Candles {
  const [last, first] = [known.at(-1), page[0]];
  const isApart = last !== undefined && first !== undefined && first.openTimeMs > last.openTimeMs;
  return mergeCandles(isApart ? [] : known, page);
}

/**
 * The candles with the live price in the one under way, until the platform tells the candle itself.
 * @param price of the instrument, whose time is the close of the second that it came from
 */
export function withPrice(candles: Candles, price: Price | null, intervalMs: number): Candles {
  const last = candles.at(-1);
  if (last === undefined || price === null || price.instrumentId !== last.instrumentId) return candles;
  // The second that a price closes belongs to the candle that holds its last instant.
  const openTimeMs = openTimeOf(price.timeMs - 1, intervalMs);
  if (openTimeMs > last.openTimeMs) return [...candles, candleOf(price, last, openTimeMs)];
  if (openTimeMs < last.openTimeMs || last.closed) return candles;
  const { price: close } = price;
  return [
    ...candles.slice(0, -1),
    { ...last, close, high: higher(last.high, close), low: lower(last.low, close) },
  ];
}

function openTimeOf(timeMs: number, intervalMs: number): number {
  return timeMs - (timeMs % intervalMs);
}

function candleOf({ price }: Price, previous: Candle, openTimeMs: number): Candle {
  const none = {
    volume: '0',
    quoteVolume: '0',
    takerBuyVolume: '0',
    tradeCount: 0,
    closed: false,
    complete: false,
  };
  return { ...previous, ...none, openTimeMs, open: price, high: price, low: price, close: price };
}

function higher(a: string, b: string): string {
  return scaled(a) >= scaled(b) ? a : b;
}

function lower(a: string, b: string): string {
  return scaled(a) <= scaled(b) ? a : b;
}

/** From which index on a chart that shows `before` has to be told anew; -1: all of it, since the past has changed. */
export function firstChange(before: Candles, after: Candles): number {
  const start = Math.max(before.length - 1, 0);
  if (before.length === 0 || after.length < before.length) return -1;
  for (let i = 0; i < start; i++) {
    if (before[i] !== after[i]) return -1;
  }
  return before[start]?.openTimeMs === after[start]?.openTimeMs ? start : -1;
}
