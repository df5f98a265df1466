/** What risk decisions remember, between the domain, which counts in exact decimals, and the tables, which hold text. */
import * as z from 'zod';
import { decimal, formatDecimal } from '../domain/decimal.ts';
import { AccountBooks, longHolding, type Share } from '../domain/risk/account-books.ts';
import type { EquityMarks } from '../domain/risk/account-figures.ts';
import type { Exit } from '../domain/risk/account-view.ts';
import type { GivenOrder, OrderPace, RiskMemory } from '../domain/risk/memory.ts';
import { STATE_SCOPES, TRADING_STATES } from '../domain/risk/trading-state.ts';
import { amountText, decimalText } from './decimal-text.ts';
import { instrumentId, timeMs } from './instrument-fields.ts';

/** The part of STRATEGY#<strategyId> / DECIDED that the risk rules remember. Left out: nothing yet. */
export interface RememberedDecisions {
  /** The most that the instance was worth at a decision. */
  readonly peakEquity?: string;
  readonly pace?: OrderPace;
  readonly lastOrder?: GivenOrder;
}

export function memoryOf({ peakEquity, pace = [], lastOrder }: RememberedDecisions): RiskMemory {
  return {
    peakEquity: peakEquity === undefined ? null : decimal(peakEquity),
    pace,
    lastOrder: lastOrder ?? null,
  };
}

export function rememberedOf({ peakEquity, pace, lastOrder }: RiskMemory): RememberedDecisions {
  return {
    ...(peakEquity === null ? {} : { peakEquity: formatDecimal(peakEquity) }),
    ...(pace.length === 0 ? {} : { pace }),
    ...(lastOrder === null ? {} : { lastOrder }),
  };
}

/** STRATEGY#<strategyId> / EXITS: the newest positions that it closed. */
export const exitsRecord = z.strictObject({
  exits: z.array(z.strictObject({ timeMs, profit: decimalText, cost: amountText })),
});
export type ExitsRecord = z.infer<typeof exitsRecord>;

export function exitsOf({ exits }: ExitsRecord): readonly Exit[] {
  return exits.map(({ profit, cost, ...at }) => ({ ...at, profit: decimal(profit), cost: decimal(cost) }));
}

export function exitsRecordOf(exits: readonly Exit[]): ExitsRecord {
  return {
    exits: exits.map(({ profit, cost, ...at }) => ({
      ...at,
      profit: formatDecimal(profit),
      cost: formatDecimal(cost),
    })),
  };
}

/** ACCOUNT#<accountId> / STATES: what somebody stopped, and why. */
export const setState = z.strictObject({
  scope: z.enum(STATE_SCOPES),
  name: z.string(),
  state: z.enum(TRADING_STATES).exclude(['ACTIVE']),
  reason: z.string(),
  by: z.string(),
  atMs: timeMs,
  untilMs: timeMs.nullable(),
});
/** Each costs half a kilobyte at most, and all are read with every decision. */
export const MAX_SET_STATES = 200;
export const statesRecord = z.strictObject({ states: z.array(setState).max(MAX_SET_STATES) });
export type StatesRecord = z.infer<typeof statesRecord>;

const orderPace = z.array(z.tuple([z.int(), z.int().min(1)])).max(60);

/**
 * ACCOUNT#<accountId> / EXPOSURE: what the instances of an account hold together, and what their working orders may add.
 * There from the first decision that a limit asks about the whole account; its version keeps orders that are decided at
 * the same time from exceeding a limit together. Rows, since all are written with each order.
 */
export const exposureRecord = z.strictObject({
  shares: z.array(z.tuple([z.uuid(), instrumentId, amountText, amountText, amountText, amountText])).meta({
    description:
      'Instance, instrument, what it holds (cash that it cost, quantity) and what it reserved (the same).',
  }),
  pace: orderPace,
  /** Left out: no limit asked yet what the account is worth. */
  marks: z.strictObject({ day: z.string(), dayOpen: decimalText, peak: decimalText }).optional(),
});
export type ExposureRecord = z.infer<typeof exposureRecord>;

export function sharesOf({ shares }: Pick<ExposureRecord, 'shares'>): readonly Share[] {
  return shares.map(([strategyId, instrument, cost, quantity, reserved, reservedQuantity]) => ({
    strategyId,
    instrumentId: instrument,
    held: longHolding(decimal(cost), decimal(quantity)),
    reserved: longHolding(decimal(reserved), decimal(reservedQuantity)),
  }));
}

/** The record with one share in place of the one before it. */
export function withShare<Record extends Pick<ExposureRecord, 'shares'>>(
  record: Record,
  share: Share,
): Record {
  const books = new AccountBooks(sharesOf(record));
  books.put(share);
  return { ...record, shares: rowsOf(books.shares()) };
}

export function rowsOf(shares: readonly Share[]): ExposureRecord['shares'] {
  return shares.map(({ strategyId, instrumentId: instrument, held, reserved }) => [
    strategyId,
    instrument,
    formatDecimal(held.notional.long),
    formatDecimal(held.quantity.long),
    formatDecimal(reserved.notional.long),
    formatDecimal(reserved.quantity.long),
  ]);
}

export function marksOf({ marks }: ExposureRecord): EquityMarks | null {
  return marks === undefined
    ? null
    : { day: marks.day, dayOpen: decimal(marks.dayOpen), peak: decimal(marks.peak) };
}

export function storedMarks({ day, dayOpen, peak }: EquityMarks): NonNullable<ExposureRecord['marks']> {
  return { day, dayOpen: formatDecimal(dayOpen), peak: formatDecimal(peak) };
}
