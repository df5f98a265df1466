/** The account as a whole, in memory, for an engine whose desks share it: changed with each decision and fill. */
import type { Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import type { Book } from '../portfolio/book.ts';
import { AccountBooks, NOTHING_HELD, worthOf } from './account-books.ts';
import type { AccountWide, Equity, Holding } from './account-view.ts';
import { ordersInMinute, paceAfter, peakOf, type OrderPace } from './memory.ts';
import { limitsReach, type RiskLimits } from './rules.ts';
import { heldOf, utcDayOf } from './view-of-book.ts';

/** What the worth of an account is measured against. */
export interface EquityMarks {
  /** `yyyy-mm-dd` */
  readonly day: string;
  readonly dayOpen: Decimal;
  readonly peak: Decimal;
}

/** The marks of an account that is worth so much at a decision. */
export function equityMarks(before: EquityMarks | null, worth: Decimal, nowMs: number): EquityMarks {
  const day = utcDayOf(nowMs);
  return {
    day,
    dayOpen: before?.day === day ? before.dayOpen : worth,
    peak: peakOf(before?.peak ?? null, worth),
  };
}

export class AccountFigures {
  readonly #isValued: boolean;
  readonly #shares = new AccountBooks();
  readonly #books = new Map<string, Book>();
  readonly #prices = new Map<InstrumentId, Decimal>();
  #pace: OrderPace = [];
  #marks: EquityMarks | null = null;

  /** @returns null where no limit asks for them: then nothing is kept. */
  static for(limits: RiskLimits): AccountFigures | null {
    const isValued = limitsReach(limits, 'account-equity');
    return isValued || limitsReach(limits, 'account') ? new AccountFigures(isValued) : null;
  }

  private constructor(isValued: boolean) {
    this.#isValued = isValued;
  }

  /** @param reserved what a working order of the instance may add. */
  put(book: Book, reserved: Holding = NOTHING_HELD): void {
    const { strategyId, instrumentId } = book;
    this.#books.set(strategyId, book);
    this.#shares.put({ strategyId, instrumentId, held: heldOf(book), reserved });
  }

  /** The last price of an instrument. */
  mark(instrumentId: InstrumentId, price: Decimal): void {
    this.#prices.set(instrumentId, price);
  }

  approved(nowMs: number): void {
    this.#pace = paceAfter(this.#pace, nowMs);
  }

  /** As a decision about an instrument sees it. */
  viewAt(instrumentId: InstrumentId, nowMs: number): AccountWide {
    return {
      ...this.#shares.seenFrom(instrumentId),
      ordersInMinute: ordersInMinute(this.#pace, nowMs),
      equity: this.#isValued ? this.#equityAt(nowMs) : null,
    };
  }

  #equityAt(nowMs: number): Equity | null {
    const now = worthOf(this.#books.values(), (id) => this.#prices.get(id) ?? null);
    if (now === null) return null;
    this.#marks = equityMarks(this.#marks, now, nowMs);
    return { now, ...this.#marks };
  }
}
