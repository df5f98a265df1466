import { bookOf } from '../../../shared/contracts/ledger-records.ts';
import {
  bookKey,
  dayKey,
  decidedKey,
  definitionKey,
  exitsKey,
  limitsKey,
  reservationKey,
} from '../../../shared/contracts/record-keys.ts';
import {
  type BookRecord,
  type DecidedRecord,
  type ReservationRecord,
  type StrategyRecord,
} from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { exitsOf, exitsRecord, memoryOf } from '../../../shared/contracts/risk-records.ts';
import { decimal, formatDecimal, type Decimal } from '../../../shared/domain/decimal.ts';
import type { Side } from '../../../shared/domain/market-data/trade.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { equityOf, type Book } from '../../../shared/domain/portfolio/book.ts';
import type { Exit } from '../../../shared/domain/risk/account-view.ts';
import { decidedAtMs, type RiskView } from '../../../shared/domain/risk/decide.ts';
import { limitsReach, type RiskLimits } from '../../../shared/domain/risk/rules.ts';
import { utcDayOf } from '../../../shared/domain/risk/view-of-book.ts';
import type { StrategyInstance } from '../../../shared/domain/strategies/strategy.ts';
import { ConditionFailed, type Item, type StateStore } from '../../../shared/ports/state-store.ts';
import { readOrder } from '../../../shared/runtime/order-items.ts';
import { readStops } from '../../../shared/runtime/read-stops.ts';
import { readAccount, type AccountReading } from './read-account.ts';

export interface Situation {
  readonly instance: StrategyInstance;
  readonly view: RiskView;
  readonly bookVersion: number;
  readonly reservation: Item<ReservationRecord> | null;
  readonly decided: Item<DecidedRecord> | null;
  readonly account: AccountReading;
}

/**
 * All that a decision is made by, read consistently. Limits and kill switch that are missing or damaged become
 * null, which denies; so do trading states that are damaged, which an account has only once something is stopped.
 * @param resumedAtMs when the order filled that the signal waited for; null: it did not wait.
 * @returns null when the strategy has been removed since it raised the signal.
 */
export async function readSituation(
  state: StateStore,
  signal: Signal,
  resumedAtMs: number | null,
): Promise<Situation | null> {
  const { accountId, strategyId } = signal;
  const [definition, book, storedLimits, stops, reservation, decided] = await Promise.all([
    state.get<StrategyRecord>('signals', definitionKey(strategyId)),
    state.get<BookRecord>('portfolio', bookKey(strategyId)),
    state.get('orders', limitsKey(accountId)),
    readStops(state, accountId),
    state.get<ReservationRecord>('orders', reservationKey(strategyId)),
    state.get<DecidedRecord>('orders', decidedKey(strategyId)),
  ]);
  if (definition === null || book === null) return null;
  const ledger = bookOf(book.value);
  const limits = limitsRecord.safeParse(storedLimits?.value).data ?? null;
  const account = await readAccount(state, signal, ledger, limits, decidedAtMs(signal, resumedAtMs));
  return {
    instance: definition.value,
    bookVersion: book.version,
    reservation,
    decided,
    account,
    view: {
      book: ledger,
      limits,
      ...stops,
      memory: memoryOf(decided?.value ?? {}),
      exits: await readExits(state, strategyId, limits),
      account: account.view,
      inFlight: reservation === null ? null : await sideOf(state, reservation.value.clientOrderId),
      dayOpenEquity: await dayOpenEquity(state, signal, ledger),
    },
  };
}

/** @returns null: they are damaged, or no limit asks for them. */
async function readExits(
  state: StateStore,
  strategyId: string,
  limits: RiskLimits | null,
): Promise<readonly Exit[] | null> {
  if (limits === null || !limitsReach(limits, 'exits')) return null;
  const item = await state.get('portfolio', exitsKey(strategyId));
  if (item === null) return [];
  const { data } = exitsRecord.safeParse(item.value);
  return data === undefined ? null : exitsOf(data);
}

/** A reservation and its order are written together. */
async function sideOf(state: StateStore, clientOrderId: string): Promise<Side> {
  const order = await readOrder(state, clientOrderId);
  if (order === null) throw new Error(`order ${clientOrderId} is reserved for, and is not in the table`);
  return order.value.side;
}

interface DayRecord {
  readonly openEquity: string;
}

/** The first decision of a UTC day writes down the equity that the day's loss is measured from. */
async function dayOpenEquity(state: StateStore, signal: Signal, book: Book): Promise<Decimal> {
  const key = dayKey(signal.strategyId, utcDayOf(signal.candleCloseTimeMs));
  const known = await state.get<DayRecord>('portfolio', key);
  if (known !== null) return decimal(known.value.openEquity);
  const openEquity = equityOf(book, decimal(signal.referencePrice));
  const record: DayRecord = { openEquity: formatDecimal(openEquity) };
  try {
    await state.write({
      kind: 'put',
      table: 'portfolio',
      ...key,
      value: record,
      condition: { kind: 'absent' },
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return dayOpenEquity(state, signal, book);
  }
  return openEquity;
}
