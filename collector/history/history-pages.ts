/** The questions by which a venue's past is asked for, one after another, and the rows of their answers. */
import {
  readPublishedRow,
  type Cell,
  type PublishedRow,
} from '../../shared/adapters/files/published/published-rows.ts';
import type { Layout } from '../../shared/adapters/files/published/published-layout.ts';
import { parseJson, shown } from '../../shared/adapters/exchanges/told-fields.ts';
import type {
  Decoder,
  HistoryRange,
  ToldCandle,
  TradePage,
  VenueHistory,
  VenueRequest,
  VenueTrade,
} from '../../shared/adapters/exchanges/venue.ts';
import { readToldTrade } from '../../shared/contracts/lane-rows.ts';
import { intervalMs, type Interval } from '../../shared/domain/candles/interval.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';

export interface HistoryPage {
  readonly request: VenueRequest;
  read(text: string, receivedAtMs: number): ReadPage;
}

export type ReadPage =
  | {
      readonly kind: 'page';
      /** Of the range that was asked for, in order; a text says what is wrong with one. */
      readonly rows: readonly (PublishedRow | string)[];
      /** How far all is told. null: it does not show. */
      readonly reachedMs: number | null;
      /** null: the venue has told all that it has. */
      readonly next: HistoryPage | null;
    }
  /** `isForNow`: it is worth asking again. */
  | { readonly kind: 'refused'; readonly cause: string; readonly isForNow: boolean };

interface Asked {
  readonly history: VenueHistory;
  readonly rest: string;
  readonly instrumentId: InstrumentId;
  readonly range: HistoryRange;
}

const COLUMNS: Readonly<Record<keyof ToldCandle, string>> = {
  openTimeMs: 'open_time',
  closeTimeMs: 'close_time',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  quoteVolume: 'quote_volume',
  tradeCount: 'count',
  takerBuyVolume: 'taker_buy_volume',
};
const FIELDS = Object.keys(COLUMNS) as (keyof ToldCandle)[];
const LAYOUT: Layout = {
  kind: 'klines',
  at: Object.fromEntries(FIELDS.map((field, n) => [COLUMNS[field], n])),
};

/** Whole pages of candles, each of a stretch of time. @param range on the grid of the interval */
export function candlePages(asked: Asked & { readonly interval: Interval }): HistoryPage {
  const { history, rest, instrumentId, interval, range } = asked;
  const stretchMs = history.candles.candlesAPage * intervalMs(interval);
  const page = (fromMs: number): HistoryPage => {
    const toMs = Math.min(range.toMs, fromMs + stretchMs);
    return {
      request: history.candles.request(rest, instrumentId, interval, { fromMs, toMs }),
      read: (text) => {
        const answer = answerOf(history, text);
        if ('kind' in answer) return answer;
        const told = history.candles.read(answer.value);
        if (told === null) return { kind: 'refused', cause: shown(answer.value), isForNow: false };
        const rows = told.map(rowOf).filter((row) => isAskedFor(row, range, toMs));
        rows.sort((a, b) => openOf(a) - openOf(b));
        return {
          kind: 'page',
          rows: rows.map((row) => (openOf(row) < fromMs ? comesAgain(openOf(row)) : row)),
          reachedMs: toMs,
          next: toMs < range.toMs ? page(toMs) : null,
        };
      },
    };
  };
  return page(range.fromMs);
}

function rowOf(told: ToldCandle): PublishedRow | string {
  return readPublishedRow(
    LAYOUT,
    FIELDS.map((field) => told[field] as Cell),
  );
}

/** What belongs to a later page is told there once more; what lies outside of the range nobody has asked for. */
function isAskedFor(row: PublishedRow | string, { fromMs }: HistoryRange, toMs: number): boolean {
  return typeof row === 'string' || (openOf(row) >= fromMs && openOf(row) < toMs);
}

/** What cannot be read comes last. */
function openOf(row: PublishedRow | string): number {
  return typeof row !== 'string' && row.kind === 'candle' ? row.openTimeMs : Number.MAX_SAFE_INTEGER;
}

function comesAgain(openTimeMs: number): string {
  return `open_time: expected one of the page that was asked for, got ${openTimeMs}`;
}

/**
 * Every trade, in pages as the venue has them. Those that are asked for by time begin with what ended the page before: what
 * comes of that once more is left out.
 * @param decoder of the venue, which reads the answers as it reads those that fill gaps
 */
export function tradePages({ decoder, ...asked }: Asked & { readonly decoder: Decoder }): HistoryPage {
  const { history, rest, instrumentId, range } = asked;
  const page = (asking: TradePage, told: ReadonlySet<string>): HistoryPage => ({
    request: asking.request,
    read: (text, receivedAtMs) => {
      const answer = answerOf(history, text);
      if ('kind' in answer) return answer;
      const events = decoder.read({ kind: 'rest', url: asking.request.url, message: text }, receivedAtMs);
      const refused = events.find(({ kind }) => kind === 'refused' || kind === 'malformed');
      if (refused?.kind === 'refused' || refused?.kind === 'malformed')
        return { kind: 'refused', cause: refused.cause, isForNow: false };
      const { trades, next } = asking.read(
        events.filter((event) => event.kind === 'trade'),
        answer.value,
      );
      const lastMs = trades.at(-1)?.timeMs;
      const newer = trades.filter((trade) => !told.has(nameOf(trade)));
      return {
        kind: 'page',
        rows: newer.flatMap((trade) => tradeRow(trade, range)),
        reachedMs: typeof lastMs === 'number' ? Math.min(lastMs, range.toMs) : null,
        next: next === null ? null : page(next, trades.length === 0 ? told : new Set(trades.map(nameOf))),
      };
    },
  });
  return page(history.trades.first(rest, instrumentId, range), new Set());
}

function nameOf({ tradeId, timeMs }: VenueTrade): string {
  return `${String(timeMs)} ${String(tradeId)}`;
}

function tradeRow(told: VenueTrade, { fromMs, toMs }: HistoryRange): readonly (PublishedRow | string)[] {
  const read = readToldTrade(told);
  if (typeof read === 'string') return [read];
  const { tradeId, price, quantity, takerSide, timeMs } = read;
  if (timeMs >= toMs) return [];
  // Kraken and Coinbase are asked by the second or the millisecond before.
  if (timeMs < fromMs)
    return timeMs >= fromMs - 1000 ? [] : [`time: expected one of the range, got ${timeMs}`];
  const isBuyerMaker = takerSide === 'SELL';
  return [{ kind: 'trade', tradeId, price, quantity, isBuyerMaker, timeMs, unit: 'ms' }];
}

/** What is no JSON came from something in between, which may be gone the next time. */
function answerOf(
  { isBusy }: VenueHistory,
  text: string,
): { readonly value: unknown } | Extract<ReadPage, { kind: 'refused' }> {
  const json = parseJson(text);
  if (json === null) return { kind: 'refused', cause: `not JSON: ${shown(text)}`, isForNow: true };
  return isBusy?.(json.value) === true ? { kind: 'refused', cause: shown(json.value), isForNow: true } : json;
}
