/**
 * Which columns a published file has: by its head, or by their number where it has none
 * (https://github.com/binance/binance-public-data).
 */
export const PUBLISHED_KINDS = ['klines', 'trades', 'aggTrades'] as const;
export type PublishedKind = (typeof PUBLISHED_KINDS)[number];

/** As a row names them; `null` where a file has none. */
export interface Layout {
  readonly kind: PublishedKind;
  /** Where each field stands in a row. */
  readonly at: Readonly<Record<string, number>>;
}

const KLINE_COLUMNS = [
  ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time', 'quote_volume', 'count'],
  ...['taker_buy_volume', 'taker_buy_quote_volume', 'ignore'],
];
const TRADE_COLUMNS = ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker', 'is_best_match'];
const AGGREGATE_COLUMNS = [
  ...['agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'transact_time'],
  ...['is_buyer_maker', 'is_best_match'],
];

/** Other names of a column, as files and our own archive have them. */
const ALIASES: Readonly<Record<string, string>> = {
  opentimems: 'open_time',
  opentime: 'open_time',
  closetimems: 'close_time',
  closetime: 'close_time',
  quotevolume: 'quote_volume',
  quoteassetvolume: 'quote_volume',
  quotevol: 'quote_volume',
  tradecount: 'count',
  trades: 'count',
  numberoftrades: 'count',
  takerbuyvolume: 'taker_buy_volume',
  takerbuybasevolume: 'taker_buy_volume',
  takerbuybaseassetvolume: 'taker_buy_volume',
  takerbuyquotevolume: 'taker_buy_quote_volume',
  takerbuyquoteassetvolume: 'taker_buy_quote_volume',
  tradeid: 'id',
  qty: 'qty',
  quantity: 'quantity',
  quoteqty: 'quote_qty',
  timems: 'time',
  timestamp: 'time',
  isbuyermaker: 'is_buyer_maker',
  isbestmatch: 'is_best_match',
  takerside: 'taker_side',
  side: 'taker_side',
  aggtradeid: 'agg_trade_id',
  firsttradeid: 'first_trade_id',
  lasttradeid: 'last_trade_id',
  transacttime: 'transact_time',
};

/** @returns null: these are no names of columns that are known. */
export function layoutOfNames(names: readonly string[]): Layout | null {
  const at = Object.fromEntries(names.map((name, n) => [columnOf(name), n]));
  const has = (...columns: string[]): boolean => columns.every((column) => at[column] !== undefined);
  if (has('agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id'))
    return withTime('aggTrades', at, 'transact_time');
  if (has('open_time', 'open', 'high', 'low', 'close', 'volume')) return { kind: 'klines', at };
  const quantity = at['qty'] ?? at['quantity'];
  if (!has('id', 'price', 'time') || quantity === undefined) return null;
  if (!has('is_buyer_maker') && !has('taker_side')) return null;
  return { kind: 'trades', at: { ...at, qty: quantity } };
}

function withTime(kind: PublishedKind, at: Record<string, number>, name: string): Layout | null {
  const time = at[name] ?? at['time'];
  return time === undefined ? null : { kind, at: { ...at, [name]: time } };
}

function columnOf(name: string): string {
  const plain = name.trim().toLowerCase();
  return ALIASES[plain.replaceAll(/[_ -]/g, '')] ?? plain;
}

/** By the first row of a file without a head. @returns null: no such file is known. */
export function layoutOfRow(row: readonly string[]): Layout | null {
  const columns = columnsOfRow(row);
  return columns === null ? null : layoutOfNames(columns.slice(0, row.length));
}

function columnsOfRow(row: readonly string[]): readonly string[] | null {
  if (!row.slice(0, 4).every((cell) => /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(cell))) return null;
  const isTruth = (n: number): boolean => /^(true|false)$/i.test(row[n] ?? '');
  if (row.length === 12 && !isTruth(6)) return KLINE_COLUMNS;
  // Files of futures have no best match.
  if ((row.length === 6 || row.length === 7) && isTruth(5)) return TRADE_COLUMNS;
  if ((row.length === 7 || row.length === 8) && isTruth(6) && !isTruth(5)) return AGGREGATE_COLUMNS;
  return null;
}
