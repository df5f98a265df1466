import { bookOf } from '../../../shared/contracts/ledger-records.ts';
import {
  bookKey,
  dayKey,
  decidedKey,
  definitionKey,
  killSwitchKey,
  limitsKey,
  reservationKey,
} from '../../../shared/contracts/record-keys.ts';
import {
  killSwitchRecord,
  type BookRecord,
  type DecidedRecord,
  type ReservationRecord,
  type StrategyRecord,
} from '../../../shared/contracts/records.ts';
import { limitsRecord } from '../../../shared/contracts/risk-limits.ts';
import { decimal, formatDecimal, type Decimal } from '../../../shared/domain/decimal.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { equityOf, type Book } from '../../../shared/domain/portfolio/book.ts';
import type { RiskView } from '../../../shared/domain/risk/decide.ts';
import { NOTHING_REMEMBERED } from '../../../shared/domain/risk/memory.ts';
import { utcDayOf } from '../../../shared/domain/risk/view-of-book.ts';
import type { StrategyInstance } from '../../../shared/domain/strategies/strategy.ts';
import { ConditionFailed, type Item, type StateStore } from '../../../shared/ports/state-store.ts';

export interface Situation {
  readonly instance: StrategyInstance;
  readonly view: RiskView;
  readonly bookVersion: number;
  readonly reservation: Item<ReservationRecord> | null;
  readonly decided: Item<DecidedRecord> | null;
}

/**
 * All that a decision is made by, read consistently. Limits and kill switch that are missing or damaged become
 * null, which denies. @returns null when the strategy has been removed since it raised the signal.
 */
export async function readSituation(state: StateStore, signal: Signal): Promise<Situation | null> {
  const { accountId, strategyId } = signal;
  const [definition, book, limits, killSwitch, reservation, decided] = await Promise.all([
    state.get<StrategyRecord>('signals', definitionKey(strategyId)),
    state.get<BookRecord>('portfolio', bookKey(strategyId)),
    state.get('orders', limitsKey(accountId)),
    state.get('orders', killSwitchKey(accountId)),
    state.get<ReservationRecord>('orders', reservationKey(strategyId)),
    state.get<DecidedRecord>('orders', decidedKey(strategyId)),
  ]);
  if (definition === null || book === null) return null;
  const ledger = bookOf(book.value);
  return {
    instance: definition.value,
    bookVersion: book.version,
    reservation,
    decided,
    view: {
      book: ledger,
      limits: limitsRecord.safeParse(limits?.value).data ?? null,
      killSwitchEngaged: killSwitchRecord.safeParse(killSwitch?.value).data?.engaged ?? null,
      states: [],
      memory: NOTHING_REMEMBERED,
      exits: null,
      account: null,
      orderInFlight: reservation !== null,
      dayOpenEquity: await dayOpenEquity(state, signal, ledger),
    },
  };
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
