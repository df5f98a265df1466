/** What exits ask for anew as their position grows older and candles close. Pure; the same live as over history. */
import { decimalFromNumber, type Decimal } from '../../decimal.ts';
import { priceAt, type Command } from '../../orders/command.ts';
import type { WorkingOrder } from '../../orders/working-order.ts';
import { exitIdOf, inFavour, lateExit, plainExit } from './exit-orders.ts';
import type { ExitRules } from './exit-rules.ts';

/** A position and what its exits ask for now. */
export interface ExitCourse {
  readonly entry: WorkingOrder;
  readonly rules: ExitRules;
  /** Time and price of the entry's first fill. */
  readonly entryTimeMs: number;
  readonly entryPrice: Decimal;
  /** The line of the table of returns that holds; -1: none yet. */
  readonly line: number;
  /** The best price of the candles that closed since. */
  readonly bestPrice: Decimal;
  /** null: the average true range was not known yet. */
  readonly atrStop: Decimal | null;
}

export interface ExitStep {
  readonly course: ExitCourse;
  readonly commands: readonly Command[];
}

/** A closed candle. */
export interface SeenCandle {
  readonly openTimeMs: number;
  readonly high: Decimal;
  readonly low: Decimal;
}

/** @param atr as at the decision */
export function beginCourse(
  entry: WorkingOrder,
  rules: ExitRules,
  { timeMs, price }: { readonly timeMs: number; readonly price: Decimal },
  atr: number,
): ExitCourse {
  return {
    entry,
    rules,
    entryTimeMs: timeMs,
    entryPrice: price,
    line: rules.returns[0]?.afterMs === 0 ? 0 : -1,
    bestPrice: price,
    atrStop: atrStopFrom(entry, rules, price, atr),
  };
}

/**
 * Another line of the table of returns comes into force: its price takes the place of the one before, or the position is left at any.
 * @param quantity of the position, unsigned
 */
export function passTime(course: ExitCourse, quantity: Decimal, timeMs: number): ExitStep {
  const { entry, rules, entryTimeMs, entryPrice } = course;
  const line = rules.returns.findLastIndex(({ afterMs }) => timeMs - entryTimeMs >= afterMs);
  if (line <= course.line) return { course, commands: [] };
  const { atLeast } = rules.returns[line]!;
  const plain = plainExit(entry, quantity);
  if (atLeast === null) {
    const terms = { type: 'MARKET', ...plain, quoteQuantity: null } as const;
    const orders = [lateExit(entry, 'time-stop', terms, timeMs)];
    return { course: { ...course, line }, commands: [{ kind: 'submit', orders }] };
  }
  const price = priceAt(entryPrice, { by: 'fraction', value: inFavour(entry, atLeast) });
  const terms = { type: 'LIMIT', ...plain, price, postOnly: false } as const;
  const command: Command =
    course.line >= 0
      ? { kind: 'replace', clientOrderId: exitIdOf(entry, 'take-profit'), change: { price } }
      : { kind: 'submit', orders: [lateExit(entry, 'take-profit', terms, timeMs)] };
  return { course: { ...course, line }, commands: [command] };
}

/**
 * A stop by the average true range is set as soon as that is known, and follows the best price where it trails; never back.
 * @param atr after this candle; NaN: not known yet
 * @param closeTimeMs what it asks for holds from then on
 */
export function passCandle(
  course: ExitCourse,
  quantity: Decimal,
  candle: SeenCandle,
  atr: number,
  closeTimeMs: number,
): ExitStep {
  const { entry, rules } = course;
  const bestPrice = bestOf(course, candle);
  const seen = { ...course, bestPrice };
  if (rules.atrStop === null || (course.atrStop !== null && !rules.atrStop.trails))
    return { course: seen, commands: [] };
  const from = rules.atrStop.trails ? bestPrice : course.entryPrice;
  const atrStop = atrStopFrom(entry, rules, from, atr);
  if (atrStop === null || atrStop <= 0n || !isNearer(entry, atrStop, course.atrStop))
    return { course: seen, commands: [] };
  const terms = { type: 'STOP', ...plainExit(entry, quantity), stopPrice: atrStop } as const;
  const command: Command =
    course.atrStop === null
      ? { kind: 'submit', orders: [lateExit(entry, 'atr-stop', terms, closeTimeMs)] }
      : { kind: 'replace', clientOrderId: exitIdOf(entry, 'atr-stop'), change: { stopPrice: atrStop } };
  return { course: { ...seen, atrStop }, commands: [command] };
}

/** null: it is not wanted or not known yet. */
function atrStopFrom(
  entry: WorkingOrder,
  { atrStop }: ExitRules,
  from: Decimal,
  atr: number,
): Decimal | null {
  if (atrStop === null || Number.isNaN(atr)) return null;
  return from + inFavour(entry, -decimalFromNumber(atrStop.multiple * atr));
}

/** Of a candle that began before the entry nobody knows what came behind it. */
function bestOf({ entry, entryTimeMs, bestPrice }: ExitCourse, candle: SeenCandle): Decimal {
  if (candle.openTimeMs < entryTimeMs) return bestPrice;
  const best = entry.terms.side === 'BUY' ? candle.high : candle.low;
  return isNearer(entry, best, bestPrice) ? best : bestPrice;
}

/** Whether a price lies further in our favour. */
function isNearer(entry: WorkingOrder, price: Decimal, than: Decimal | null): boolean {
  return than === null || (entry.terms.side === 'BUY' ? price > than : price < than);
}
