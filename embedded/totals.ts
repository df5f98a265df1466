/** What a data folder comes to: the numbers of `millrace state`, and a hash that two equal runs share. */
import { createHash, type Hash } from 'node:crypto';
import { streamCandles, streamTrades } from '../shared/adapters/clickhouse/clickhouse-totals.ts';
import { candleViewOf } from '../shared/contracts/lane-candles.ts';
import type { DroppedTrades } from '../shared/contracts/packed-seen-trades.ts';
import { bookOf } from '../shared/contracts/ledger-records.ts';
import {
  booksPartition,
  fillsPartition,
  ordersPartition,
  quarantinePartition,
  STRATEGIES_PARTITION,
} from '../shared/contracts/record-keys.ts';
import {
  type BookRecord,
  type OrderRecord,
  type SignalRecord,
  type StrategyRecord,
} from '../shared/contracts/records.ts';
import { compareClosings } from '../shared/domain/candles/closing-order.ts';
import { canonicalJson } from '../shared/domain/canonical-json.ts';
import { formatDecimal, ZERO } from '../shared/domain/decimal.ts';
import type { Market } from '../shared/domain/market-data/market.ts';
import type { Trade } from '../shared/domain/market-data/trade.ts';
import type { Fill } from '../shared/domain/orders/order.ts';
import { equityOf } from '../shared/domain/portfolio/book.ts';
import type { StoredCandle } from '../shared/ports/candle-store.ts';
import type { StateStore } from '../shared/ports/state-store.ts';
import type { TradeStore } from '../shared/ports/trade-store.ts';
import { readAccounts } from '../shared/runtime/accounts.ts';
import { readDroppedTrades } from '../shared/runtime/dropped-trades.ts';
import { allPages, readIndex } from '../shared/runtime/all-pages.ts';
import { countGivenUp } from './given-up.ts';
import type { Storage } from './storage.ts';

export interface Totals {
  /** null: the folder is from before folders had one. */
  readonly market: Market | null;
  /** Distinct trades in ClickHouse. */
  readonly trades: number;
  /** Closed candles of all intervals, revisions not counted. */
  readonly candles: number;
  /** Of these, those that were made of history: no strategy has seen them. */
  readonly historyCandles: number;
  readonly signals: number;
  readonly orders: number;
  readonly fills: number;
  /** Set aside and not sent again yet. */
  readonly quarantined: number;
  /** Records, events and messages that functions gave up, and that were not sent again yet. */
  readonly givenUp: number;
  /** Trades that were left out, by cause. */
  readonly dropped: DroppedTrades;
  readonly cash: string;
  readonly positions: readonly {
    readonly strategyId: string;
    readonly instrumentId: string;
    readonly quantity: string;
  }[];
  /** Cash plus positions at the last stored trade of their instrument. */
  readonly equity: string;
  /**
   * SHA-256 over canonical trades, the latest revision of each closed candle, signals, orders, fills and positions. No wall
   * time is in it, and nothing that depends on the order in which history came.
   */
  readonly stateHash: string;
}

/** The totals of an open folder. */
export async function storageTotals(storage: Storage): Promise<Totals> {
  const { market, state, trades, clickHouse } = storage;
  const totals = await totalsOf(state, trades, await countGivenUp(storage), {
    eachTrade: async (onTrade) => streamTrades(clickHouse, onTrade),
    eachCandle: async (onCandle) => streamCandles(clickHouse, onCandle),
  });
  return { market, ...totals };
}

/** The two tables of ClickHouse, row by row in an order that never changes. */
export interface StoredRows {
  eachTrade(onTrade: (trade: Trade) => void): Promise<void>;
  /** Every revision, those of a candle one after the other. */
  eachCandle(onCandle: (candle: StoredCandle) => void): Promise<void>;
}

async function totalsOf(
  state: StateStore,
  trades: TradeStore,
  givenUp: number,
  rows: StoredRows,
): Promise<Omit<Totals, 'market'>> {
  const hash = createHash('sha256');
  const stored = await hashRows(hash, rows);
  const signals = await readSignals(state);
  const orders: OrderRecord[] = [];
  const fills: Fill[] = [];
  const books: BookRecord[] = [];
  for (const { accountId } of await readAccounts(state)) {
    orders.push(...(await readIndex<OrderRecord>(state, 'orders', ordersPartition(accountId))));
    fills.push(...(await readIndex<Fill>(state, 'portfolio', fillsPartition(accountId))));
    books.push(...(await readIndex<BookRecord>(state, 'portfolio', booksPartition(accountId))));
  }
  hashAll(hash, 'signal', signals.map(withoutFlags));
  hashAll(hash, 'order', orders.map(withoutFlags));
  hashAll(hash, 'fill', fills.map(withoutFlags));
  hashAll(hash, 'position', books.map(withoutFlags));
  return {
    ...stored,
    signals: signals.length,
    orders: orders.length,
    fills: fills.length,
    quarantined: (await readIndex(state, 'operations', quarantinePartition('QUARANTINED'))).length,
    givenUp,
    dropped: await readDroppedTrades(state),
    ...(await valueOf(books, trades)),
    stateHash: hash.digest('hex'),
  };
}

async function hashRows(
  hash: Hash,
  rows: StoredRows,
): Promise<Pick<Totals, 'trades' | 'candles' | 'historyCandles'>> {
  let trades = 0;
  let candles = 0;
  let historyCandles = 0;
  await rows.eachTrade(({ quality: _, ...trade }) => {
    trades++;
    hashOne(hash, 'trade', {
      ...trade,
      tradeId: String(trade.tradeId),
      price: formatDecimal(trade.price),
      quantity: formatDecimal(trade.quantity),
    });
  });
  let latest: StoredCandle | null = null;
  const hashLatest = (): void => {
    if (latest === null) return;
    const { flags: _, ...view } = candleViewOf(latest);
    hashOne(hash, 'candle', view);
  };
  await rows.eachCandle((candle) => {
    if (latest === null || !isSameCandle(latest, candle)) {
      hashLatest();
      candles++;
      if (candle.revision > 0) historyCandles++;
    }
    latest = candle;
  });
  hashLatest();
  return { trades, candles, historyCandles };
}

/** In another revision. */
function isSameCandle(a: StoredCandle, b: StoredCandle): boolean {
  return a.openTimeMs === b.openTimeMs && a.interval === b.interval && a.instrumentId === b.instrumentId;
}

function hashOne(hash: Hash, kind: string, value: unknown): void {
  hash.update(`${kind} ${canonicalJson(value)}\n`);
}

type SaidAgainst = 'flags' | 'flaggedFills' | 'flaggedProfit';

/** They say how far the numbers are to be trusted, and are not among them. */
function withoutFlags<Told extends Partial<Record<SaidAgainst, unknown>>>(
  told: Told,
): Omit<Told, SaidAgainst> {
  const { flags: _, flaggedFills: __, flaggedProfit: ___, ...rest } = told;
  return rest;
}

function hashAll(hash: Hash, kind: string, values: readonly unknown[]): void {
  for (const value of values) hashOne(hash, kind, value);
}

/** In the order within an instant. */
async function readSignals(state: StateStore): Promise<SignalRecord[]> {
  const strategies = await readIndex<StrategyRecord>(state, 'signals', STRATEGIES_PARTITION);
  const signals: SignalRecord[] = [];
  for (const { strategyId } of strategies) {
    const ofStrategy = await allPages(async (options) =>
      state.query<SignalRecord>('signals', `STRATEGY#${strategyId}`, 'SIGNAL#', options),
    );
    signals.push(...ofStrategy);
  }
  return signals.sort((a, b) =>
    compareClosings({ ...a, closeTimeMs: a.candleCloseTimeMs }, { ...b, closeTimeMs: b.candleCloseTimeMs }),
  );
}

async function valueOf(
  books: readonly BookRecord[],
  trades: TradeStore,
): Promise<Pick<Totals, 'cash' | 'positions' | 'equity'>> {
  let cash = ZERO;
  let equity = ZERO;
  const positions = [];
  for (const record of books) {
    const book = bookOf(record);
    const { strategyId, instrumentId, quantity } = record;
    const last = book.quantity === ZERO ? null : await trades.latest(instrumentId);
    cash += book.cash;
    equity += equityOf(book, last?.price ?? ZERO);
    positions.push({ strategyId, instrumentId, quantity });
  }
  return { cash: formatDecimal(cash), positions, equity: formatDecimal(equity) };
}
