/**
 * How long what is kept lives, by stage: the one place that says so. The buckets' lifecycles are made of it, and the TTL of
 * ClickHouse's tables. A data folder on this machine keeps everything, unless `millrace migrate --keep` says otherwise.
 */

/** Days; null: for good. */
type Days = number | null;

export interface Retention {
  /** Rows, counted from when they were received; of the log of quality from the time that they speak of. */
  readonly rows: RowRetention;
  readonly objects: {
    /** What the venues said. It is read seldom after the first days, and then lies where that is cheap. */
    readonly raw: { readonly coldAfterDays: Days; readonly days: Days };
    /** Trades of days that are over, as Parquet. */
    readonly trades: { readonly coldAfterDays: Days; readonly days: Days };
    /** What archive-raw could not read. */
    readonly unreadable: { readonly days: Days };
    /** They can be had again. */
    readonly backtests: { readonly days: Days };
    /** Who asked for which object. */
    readonly accessLogs: { readonly days: number };
  };
}

/**
 * By table. Trades and candles are kept for good everywhere: history of any age may be brought, and what is brought must not
 * vanish at once because it is old. Quotes and books are a hundred times as much, and the raw archive has them. What was
 * said against market data is kept for longer than either: it is little, and explains a candle that is looked at a year later.
 */
export interface RowRetention {
  readonly quotes: Days;
  readonly books: Days;
  readonly quality: Days;
}

/** The stages. */
export const RETENTION_NAMES = ['localstack', 'dev', 'prod'] as const;
export type RetentionName = (typeof RETENTION_NAMES)[number];

export const RETENTION: Readonly<Record<RetentionName, Retention>> = {
  // It goes with its emulator.
  localstack: {
    rows: { quotes: null, books: null, quality: null },
    objects: {
      raw: { coldAfterDays: null, days: null },
      trades: { coldAfterDays: null, days: null },
      unreadable: { days: null },
      backtests: { days: null },
      accessLogs: { days: 1 },
    },
  },
  dev: {
    rows: { quotes: 30, books: 30, quality: 180 },
    objects: {
      raw: { coldAfterDays: 14, days: 400 },
      trades: { coldAfterDays: 30, days: 400 },
      unreadable: { days: 90 },
      backtests: { days: 90 },
      accessLogs: { days: 30 },
    },
  },
  prod: {
    rows: { quotes: 180, books: 90, quality: 730 },
    objects: {
      raw: { coldAfterDays: 14, days: null },
      trades: { coldAfterDays: 30, days: null },
      unreadable: { days: null },
      backtests: { days: 365 },
      accessLogs: { days: 90 },
    },
  },
};
