/**
 * What a row of a file says that a venue publishes in bulk: a trade, an aggregate of trades, or a candle.
 */
import { expectedAmount, expectedId } from '../../../contracts/lane-rows.ts';
import { parseDecimal, decimalFromNumber, type Decimal } from '../../../domain/decimal.ts';
import { UNFLAGGED } from '../../../domain/market-data/quality-flags.ts';
import { MAX_TIME_MS } from '../../../domain/market-data/time-bound.ts';
import { parseTradeId } from '../../../domain/market-data/trade.ts';
import type { Layout } from './published-layout.ts';

export interface PublishedTrade {
  readonly kind: 'trade';
  readonly tradeId: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly isBuyerMaker: boolean;
  readonly timeMs: number;
  readonly unit: StampUnit;
  /** Bits of quality flags, which only files of our own archive have; left out: none. */
  readonly quality?: number;
}

export interface PublishedAggregate {
  readonly kind: 'aggregate';
  readonly aggregateId: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly isBuyerMaker: boolean;
  readonly timeMs: number;
  readonly unit: StampUnit;
}

export interface PublishedCandle {
  readonly kind: 'candle';
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  /** 0 where the file has none, as `quoteVolume` and `takerBuyVolume`. */
  readonly tradeCount: number;
  readonly takerBuyVolume: Decimal;
  /** As the file has it; null: it has none. */
  readonly closeTimeMs: number | null;
  readonly unit: StampUnit;
}

export type PublishedRow = PublishedTrade | PublishedAggregate | PublishedCandle;

/** `us`: Binance's spot files since 2025. */
export type StampUnit = 'ms' | 'us';

/** A value of a row: text of a CSV, or whatever a Parquet column holds. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** @returns the row, or one line that says what is wrong with it. */
export function readPublishedRow({ kind, at }: Layout, cells: readonly Cell[]): PublishedRow | string {
  const cell = (name: string): Cell => {
    const n = at[name];
    return n === undefined ? undefined : cells[n];
  };
  switch (kind) {
    case 'klines':
      return readCandle(cell);
    case 'trades':
      return readTrade(cell);
    case 'aggTrades':
      return readAggregate(cell);
  }
}

type CellOf = (name: string) => Cell;

function readTrade(cell: CellOf): PublishedTrade | string {
  const tradeId = idOf(cell('id'));
  if (tradeId === null) return `id: expected ${expectedId(cell('id'))}, got ${shown(cell('id'))}`;
  const amounts = readAmounts(cell('price'), cell('qty'));
  if (typeof amounts === 'string') return amounts;
  const isBuyerMaker = makerOf(cell);
  if (isBuyerMaker === null)
    return `is_buyer_maker: expected true or false, got ${shown(cell('is_buyer_maker'))}`;
  const time = stampOf(cell('time'));
  if (typeof time === 'string') return `time: ${time}`;
  const trade: PublishedTrade = { kind: 'trade', tradeId, ...amounts, isBuyerMaker, ...time };
  const quality = cell('quality') ?? UNFLAGGED;
  if (quality === UNFLAGGED) return trade;
  if (typeof quality !== 'number' || !Number.isInteger(quality) || quality < 0 || quality >= 2 ** 32)
    return `quality: expected the bits of flags, got ${shown(quality)}`;
  return { ...trade, quality };
}

function readAggregate(cell: CellOf): PublishedAggregate | string {
  const aggregateId = idOf(cell('agg_trade_id'));
  if (aggregateId === null)
    return `agg_trade_id: expected ${expectedId(cell('agg_trade_id'))}, got ${shown(cell('agg_trade_id'))}`;
  const [firstTradeId, lastTradeId] = [idOf(cell('first_trade_id')), idOf(cell('last_trade_id'))];
  if (firstTradeId === null || lastTradeId === null || firstTradeId > lastTradeId)
    return `first_trade_id: expected ids of its first and last trade, got ${shown(cell('first_trade_id'))} and ${shown(cell('last_trade_id'))}`;
  const amounts = readAmounts(cell('price'), cell('quantity'));
  if (typeof amounts === 'string') return amounts;
  const isBuyerMaker = makerOf(cell);
  if (isBuyerMaker === null)
    return `is_buyer_maker: expected true or false, got ${shown(cell('is_buyer_maker'))}`;
  const time = stampOf(cell('transact_time'));
  if (typeof time === 'string') return `transact_time: ${time}`;
  return { kind: 'aggregate', aggregateId, firstTradeId, lastTradeId, ...amounts, isBuyerMaker, ...time };
}

const PRICES = ['open', 'high', 'low', 'close'] as const;

function readCandle(cell: CellOf): PublishedCandle | string {
  const time = stampOf(cell('open_time'));
  if (typeof time === 'string') return `open_time: ${time}`;
  const prices = {} as Record<(typeof PRICES)[number], Decimal>;
  for (const name of PRICES) {
    const price = noisyDecimalOf(cell(name));
    if (price === null || price <= 0n || price > MAX_AMOUNT)
      return `${name}: expected ${expectedAmount(cell(name), price)}, got ${shown(cell(name))}`;
    prices[name] = price;
  }
  const { open, high, low, close } = prices;
  if (low > open || low > close || high < open || high < close)
    return 'low and high: expected low ≤ open, close ≤ high';
  const volume = noisyDecimalOf(cell('volume'));
  const quoteVolume = decimalOf(cell('quote_volume') ?? '0');
  const takerBuyVolume = decimalOf(cell('taker_buy_volume') ?? '0');
  if (volume === null || quoteVolume === null || takerBuyVolume === null)
    return `volume: expected decimals, got ${shown(cell('volume'))}`;
  if (
    volume < 0n ||
    quoteVolume < 0n ||
    takerBuyVolume < 0n ||
    takerBuyVolume > volume ||
    volume > MAX_AMOUNT
  )
    return 'volume: expected zero or more, and no more bought than traded';
  const tradeCount = idOf(cell('count') ?? '0');
  if (tradeCount === null) return `count: expected digits, got ${shown(cell('count'))}`;
  if (cell('count') !== undefined && (tradeCount === 0) !== (volume === 0n))
    return 'count: expected none where nothing was traded, and some where it was';
  const closeTime = cell('close_time') === undefined ? null : stampOf(cell('close_time'));
  if (typeof closeTime === 'string') return `close_time: ${closeTime}`;
  return {
    kind: 'candle',
    openTimeMs: time.timeMs,
    ...prices,
    volume,
    quoteVolume,
    tradeCount,
    takerBuyVolume,
    closeTimeMs: closeTime?.timeMs ?? null,
    unit: time.unit,
  };
}

/** As trades of the tape: a candle of many such still fits a decimal. */
const MAX_AMOUNT: Decimal = 10n ** 27n;

function readAmounts(priceCell: Cell, quantityCell: Cell): { price: Decimal; quantity: Decimal } | string {
  const price = decimalOf(priceCell);
  if (price === null || price <= 0n || price > MAX_AMOUNT)
    return `price: expected ${expectedAmount(priceCell, price)}, got ${shown(priceCell)}`;
  const quantity = decimalOf(quantityCell);
  if (quantity === null || quantity <= 0n || quantity > MAX_AMOUNT)
    return `quantity: expected ${expectedAmount(quantityCell, quantity)}, got ${shown(quantityCell)}`;
  return { price, quantity };
}

/** A Parquet file may hold doubles, which have no digits of their own: they are rounded to 12 places. */
function decimalOf(cell: Cell): Decimal | null {
  if (typeof cell === 'string') return parseDecimal(cell.trim());
  if (typeof cell === 'bigint') return parseDecimal(String(cell));
  return typeof cell === 'number' && Number.isFinite(cell) ? decimalFromNumber(cell) : null;
}

/** Candles of some files carry the noise of doubles (0.09946999000000001): a price has at most 12 places. */
function noisyDecimalOf(cell: Cell): Decimal | null {
  const exact = decimalOf(cell);
  if (exact !== null || typeof cell !== 'string') return exact;
  return /^\d+(\.\d+)?([eE][-+]?\d+)?$/.test(cell.trim()) ? decimalOf(Number(cell)) : null;
}

function idOf(cell: Cell): number | null {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) && cell >= 0 ? cell : null;
  return parseTradeId(typeof cell === 'string' ? cell.trim() : String(cell));
}

function makerOf(cell: CellOf): boolean | null {
  const side = cell('taker_side');
  if (typeof side === 'string' && /^(buy|sell|b|s)$/i.test(side)) return /^s/i.test(side);
  const maker = cell('is_buyer_maker');
  if (typeof maker === 'boolean') return maker;
  return typeof maker === 'string' && /^(true|false)$/i.test(maker.trim())
    ? /^true$/i.test(maker.trim())
    : null;
}

/** The first instant that is believed to be milliseconds: of 1973. Seconds of this century are less, microseconds more. */
const LEAST_MS = 100_000_000_000;
const LEAST_US = MAX_TIME_MS;
const MICROSECONDS = 1000;

/** @returns milliseconds and the unit that they were told in, or what is wrong. */
function stampOf(cell: Cell): { readonly timeMs: number; readonly unit: StampUnit } | string {
  if (cell instanceof Date) return { timeMs: cell.getTime(), unit: 'ms' };
  const stamp = typeof cell === 'bigint' ? Number(cell) : typeof cell === 'number' ? cell : stampOfText(cell);
  if (stamp === null || !Number.isSafeInteger(stamp))
    return `expected a stamp in ms or µs, got ${shown(cell)}`;
  if (stamp < LEAST_MS) return `expected a stamp in ms or µs, got ${stamp}, which may be seconds`;
  if (stamp < LEAST_US) return { timeMs: stamp, unit: 'ms' };
  const timeMs = Math.floor(stamp / MICROSECONDS);
  return timeMs < MAX_TIME_MS ? { timeMs, unit: 'us' } : `expected a time before the year 2100, got ${stamp}`;
}

function stampOfText(cell: Cell): number | null {
  return typeof cell === 'string' && /^\d{1,16}$/.test(cell.trim()) ? Number(cell) : null;
}

const MAX_SHOWN_CHARACTERS = 60;

function shown(cell: Cell): string {
  return JSON.stringify(String(cell).slice(0, MAX_SHOWN_CHARACTERS));
}
