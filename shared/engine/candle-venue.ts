/**
 * The venue of one instrument over candles, for one position at a time and the exits that go with it. All of it meets the matching core;
 * what is added here is when: what a candle's close asks for holds from the next open on.
 */
import type { PaperModel } from '../domain/accounts/paper-model.ts';
import { decimalFromNumber, type Decimal } from '../domain/decimal.ts';
import { AverageTrueRange } from '../domain/indicators/average-true-range.ts';
import { alone, type Command } from '../domain/orders/command.ts';
import { matchAll } from '../domain/orders/match-all.ts';
import type { CandleStep } from '../domain/orders/market-step.ts';
import type { VenueOrders } from '../domain/orders/orders-under-way.ts';
import type { OrderReport } from '../domain/orders/report.ts';
import { obey } from '../domain/orders/venue-orders.ts';
import type { WorkingOrder } from '../domain/orders/working-order.ts';
import type { StrategyCandle } from '../domain/strategies/strategy.ts';
import {
  beginCourse,
  passCandle,
  passTime,
  type ExitCourse,
  type ExitStep,
} from '../domain/trading/exits/exit-course.ts';
import { exitReasons, siblingsOf, withExits, type ExitReason } from '../domain/trading/exits/exit-orders.ts';
import type { ExitRules } from '../domain/trading/exits/exit-rules.ts';

/** An entry, and what was known when it was decided upon. */
interface Plan {
  readonly entry: WorkingOrder;
  readonly atr: number;
  readonly reasons: ReadonlyMap<string, ExitReason>;
}

export class CandleVenue {
  readonly #paper: PaperModel;
  readonly #rules: ExitRules;
  readonly #range: AverageTrueRange | null;
  #orders: VenueOrders = [];
  #plan: Plan | null = null;
  #course: ExitCourse | null = null;
  /** As of the last close. */
  #atr = NaN;
  /** Signed, as fills have left it. */
  #position: Decimal = 0n;

  constructor(paper: PaperModel, rules: ExitRules) {
    this.#paper = paper;
    this.#rules = rules;
    this.#range = rules.atrStop === null ? null : new AverageTrueRange(rules.atrStop.period);
  }

  get position(): Decimal {
    return this.#position;
  }

  /** No order of ours can meet anything. */
  get isIdle(): boolean {
    return this.#orders.length === 0;
  }

  /** From flat, with its exits. */
  enter(entry: WorkingOrder): readonly OrderReport[] {
    this.#plan = { entry, atr: this.#atr, reasons: exitReasons(entry, this.#rules) };
    return this.command(withExits(entry, this.#rules, this.#atr), entry.effectiveTimeMs);
  }

  /** Out of the position by something else than its exits, which end with it. */
  leave(order: WorkingOrder): readonly OrderReport[] {
    const siblings = this.#plan === null ? null : siblingsOf(this.#plan.entry);
    return this.command({ kind: 'submit', orders: [{ ...alone(order), siblings }] }, order.effectiveTimeMs);
  }

  command(command: Command, timeMs: number): readonly OrderReport[] {
    const { orders, reports } = obey(this.#orders, command, timeMs, () => this.#paper);
    this.#orders = orders;
    return reports;
  }

  /** Which exit an order is; null: it is none. */
  reasonOf(clientOrderId: string): ExitReason | null {
    return this.#plan?.reasons.get(clientOrderId) ?? null;
  }

  meet(candle: CandleStep): readonly OrderReport[] {
    const before = this.#inCourse(
      (course, held) => passTime(course, held, candle.openTimeMs),
      candle.openTimeMs,
    );
    const position = this.#position;
    const { orders, reports } = matchAll(this.#orders, candle, {
      paperOf: () => this.#paper,
      positionOf: () => position,
    });
    this.#orders = orders;
    for (const report of reports) this.#book(report);
    if (this.#position === 0n) this.#course = null;
    return before.length === 0 ? reports : [...before, ...reports];
  }

  /** Each candle of the series, whether anything has met it or not. */
  close(candle: StrategyCandle, closeTimeMs: number): readonly OrderReport[] {
    if (this.#range === null) return [];
    this.#atr = this.#range.next(candle);
    if (this.#course === null) return [];
    const { openTimeMs, high, low } = candle;
    const seen = { openTimeMs, high: decimalFromNumber(high), low: decimalFromNumber(low) };
    return this.#inCourse(
      (course, held) => passCandle(course, held, seen, this.#atr, closeTimeMs),
      closeTimeMs,
    );
  }

  #inCourse(pass: (course: ExitCourse, held: Decimal) => ExitStep, timeMs: number): readonly OrderReport[] {
    if (this.#course === null) return [];
    const held = this.#position < 0n ? -this.#position : this.#position;
    const { course, commands } = pass(this.#course, held);
    this.#course = course;
    return commands.flatMap((command) => this.command(command, timeMs));
  }

  #book(report: OrderReport): void {
    if (report.kind !== 'filled') return;
    this.#position += report.side === 'BUY' ? report.quantity : -report.quantity;
    const plan = this.#plan;
    if (this.#course !== null || plan === null || report.clientOrderId !== plan.entry.clientOrderId) return;
    this.#course = beginCourse(plan.entry, this.#rules, report, plan.atr);
  }
}
