/** The exit cases that another project publishes, run through our venue over candles. */
import { readFileSync } from 'node:fs';
import { PLAIN_FILL, type FillModel, type PaperModel } from '../../shared/domain/accounts/paper-model.ts';
import { decimalFromNumber, toNumber, type Decimal } from '../../shared/domain/decimal.ts';
import type { CandleStep } from '../../shared/domain/orders/market-step.ts';
import type { FilledReport, OrderReport } from '../../shared/domain/orders/report.ts';
import type { OrderTerms } from '../../shared/domain/orders/terms.ts';
import { workingOrder, type WorkingOrder } from '../../shared/domain/orders/working-order.ts';
import {
  exitRules,
  type ExitRules,
  type ExitSettings,
} from '../../shared/domain/trading/exits/exit-rules.ts';
import { CandleVenue } from '../../shared/engine/candle-venue.ts';
import { aPaperModel } from '../support/market-steps.ts';

interface PublishedCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly enterLong?: number;
  readonly exitLong?: number;
  readonly enterShort?: number;
  readonly exitShort?: number;
}

interface PublishedTrade {
  readonly exitReason: string;
  readonly entryCandle: number;
  readonly exitCandle: number;
  readonly short: boolean;
}

export interface ExitCase {
  readonly case: number;
  readonly candles: readonly PublishedCandle[];
  readonly stopLoss: number;
  /** Returns by age in minutes. */
  readonly returnTable: Readonly<Record<string, number>>;
  readonly trailingStop: boolean;
  readonly trailingOnlyOnceOffsetReached: boolean;
  readonly trailingStopPositive: number | null;
  readonly trailingStopPositiveOffset: number;
  readonly useExitSignal: boolean;
  readonly entryLimitPrice: number | null;
  readonly exitLimitPrice: number | null;
  readonly leverage: number;
  readonly unfilledTimeoutMinutes: number | null;
  readonly adjustedEntryPrice: number | null;
  readonly usesCustomStoploss: boolean;
  readonly expected: ExitOutcome;
}

interface ExitOutcome {
  /** Rounded to 3 places. */
  readonly sumOfReturns: number;
  readonly trades: readonly PublishedTrade[];
}

export function readExitCases(dataFolder: string): readonly ExitCase[] {
  const path = `${dataFolder}published/freqtrade/exit-rules.json`;
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: ExitCase[] }).cases;
}

/** What a case asks for, in our terms. Its returns and distances are of the margin: of the price they are so many times smaller. */
function rulesOf(asked: ExitCase): ExitRules {
  const { leverage, stopLoss, returnTable } = asked;
  const settings: ExitSettings = {
    stopLoss: -stopLoss / leverage,
    trailing: trailingOf(asked).map(({ distance, from }) => ({
      distance: distance / leverage,
      from: from === undefined ? undefined : from / leverage,
    })),
    returns: Object.entries(returnTable).map(([minutes, atLeast]) => ({
      afterMs: Number(minutes) * 60_000,
      atLeast: atLeast <= -1 ? -1 : atLeast / leverage,
    })),
  };
  const parsed = exitRules(settings);
  if ('error' in parsed) throw new Error(`case ${asked.case}: ${parsed.error}`);
  return parsed.rules;
}

function trailingOf(asked: ExitCase): readonly { distance: number; from?: number }[] {
  const { trailingStop, trailingOnlyOnceOffsetReached, usesCustomStoploss } = asked;
  const { trailingStopPositive: nearer, trailingStopPositiveOffset: from } = asked;
  const distance = -asked.stopLoss;
  // Their stop of one's own, where nobody writes one, follows at the distance of the fixed one.
  const ofTheirOwn = usesCustomStoploss ? [{ distance }] : [];
  if (!trailingStop) return ofTheirOwn;
  const far = trailingOnlyOnceOffsetReached ? [{ distance, from }] : [{ distance }];
  const near = nearer === null ? [] : [{ distance: nearer, from }];
  return [...ofTheirOwn, ...(nearer !== null && trailingOnlyOnceOffsetReached ? [] : far), ...near];
}

const HOUR_MS = 3_600_000;
/** Theirs, where a case says nothing: an entry that has not filled in its candle is given up. */
const TIMEOUT_MINUTES = 10;
const REASONS = {
  'stop-loss': 'STOP_LOSS',
  'trailing-stop': 'TRAILING_STOP_LOSS',
  'take-profit': 'ROI',
  'time-stop': 'ROI',
  'atr-stop': 'ATR_STOP',
} as const;

interface OpenTrade {
  readonly order: WorkingOrder;
  readonly candle: number;
  readonly price: Decimal | null;
}

/** One case: a signal acts at the next candle's open; who is still in at the end is taken out at the last one's. */
export class ExitCaseRun {
  readonly #asked: ExitCase;
  readonly #venue: CandleVenue;
  readonly #trades: PublishedTrade[] = [];
  #sum = 0;
  #open: OpenTrade | null = null;
  #limits = 0;

  constructor(asked: ExitCase, fill: Partial<FillModel>) {
    const paper: PaperModel = aPaperModel({ ...PLAIN_FILL, ...fill });
    this.#asked = asked;
    this.#venue = new CandleVenue(paper, rulesOf(asked));
  }

  run(): ExitOutcome {
    const { candles } = this.#asked;
    candles.forEach((candle, n) => {
      const signal = candles[n - 1];
      if (signal !== undefined) this.#act(signal, n);
      for (const report of this.#venue.meet(stepOf(candle, n))) this.#note(report, n);
    });
    if (this.#venue.position !== 0n)
      this.#exit('FORCE_EXIT', decimalFromNumber(candles.at(-1)!.open), candles.length - 1);
    return { sumOfReturns: Math.round(this.#sum * 1000) / 1000 + 0, trades: this.#trades };
  }

  #act(signal: PublishedCandle, n: number): void {
    const { useExitSignal, exitLimitPrice, entryLimitPrice, candles } = this.#asked;
    const isShort = this.#venue.position < 0n;
    if (this.#open?.price === null) this.#keepWaiting(this.#open, n);
    if (this.#open === null) {
      const side = sideOf(signal);
      if (side === null || n === candles.length - 1) return;
      const order = this.#order(side, 1_000_000_000_000n, entryLimitPrice, n);
      this.#open = { order, candle: n, price: null };
      this.#venue.enter(order);
    } else if (useExitSignal && isOut(signal, isShort)) {
      const { position } = this.#venue;
      const order = this.#order(isShort ? 'BUY' : 'SELL', isShort ? -position : position, exitLimitPrice, n);
      if (position !== 0n) this.#venue.leave(order);
    }
  }

  /** An entry that has not filled yet is given up or moved. */
  #keepWaiting({ order, candle }: OpenTrade, n: number): void {
    const { unfilledTimeoutMinutes, adjustedEntryPrice } = this.#asked;
    const { clientOrderId } = order;
    if ((n - candle) * 60 > (unfilledTimeoutMinutes ?? TIMEOUT_MINUTES)) {
      this.#venue.command({ kind: 'cancel', clientOrderId }, n * HOUR_MS);
      this.#open = null;
    } else if (adjustedEntryPrice !== null) {
      const change = { price: decimalFromNumber(adjustedEntryPrice) };
      this.#venue.command({ kind: 'replace', clientOrderId, change }, n * HOUR_MS);
    }
  }

  #order(side: 'BUY' | 'SELL', quantity: Decimal, price: number | null, n: number): WorkingOrder {
    const plain = { side, quantity, timeInForce: 'GTC', goodTillMs: null, reduceOnly: false } as const;
    const terms: OrderTerms =
      price === null
        ? { type: 'MARKET', ...plain, quoteQuantity: null }
        : { type: 'LIMIT', ...plain, price: decimalFromNumber(price), postOnly: false };
    const clientOrderId = `order-${this.#limits++}`;
    const identity = { clientOrderId, accountId: 'a', strategyId: 's', instrumentId: 'file:BASE-QUOTE' };
    return workingOrder(identity, terms, n * HOUR_MS);
  }

  #note(report: OrderReport, n: number): void {
    if (report.kind !== 'filled') return;
    const fill: FilledReport = report;
    if (this.#open?.order.clientOrderId === fill.clientOrderId)
      this.#open = { ...this.#open, price: fill.price };
    else {
      const reason = this.#venue.reasonOf(fill.clientOrderId);
      this.#exit(reason === null ? 'EXIT_SIGNAL' : REASONS[reason], fill.price, n);
    }
  }

  #exit(exitReason: string, price: Decimal, exitCandle: number): void {
    const { order, candle, price: entryPrice } = this.#open!;
    const short = order.terms.side === 'SELL';
    const change = toNumber(price) / toNumber(entryPrice!) - 1;
    this.#sum += this.#asked.leverage * (short ? -change : change);
    this.#trades.push({ exitReason, entryCandle: candle, exitCandle, short });
    this.#open = null;
  }
}

/** Signals that contradict one another are none. */
function sideOf({ enterLong, exitLong, enterShort, exitShort }: PublishedCandle): 'BUY' | 'SELL' | null {
  if (enterLong && !exitLong && !enterShort) return 'BUY';
  return enterShort && !exitShort && !enterLong ? 'SELL' : null;
}

function isOut(signal: PublishedCandle, isShort: boolean): boolean {
  return isShort ? !!signal.exitShort && !signal.enterShort : !!signal.exitLong && !signal.enterLong;
}

function stepOf({ open, high, low, close, volume }: PublishedCandle, n: number): CandleStep {
  return {
    kind: 'candle',
    openTimeMs: n * HOUR_MS,
    closeTimeMs: (n + 1) * HOUR_MS,
    open: decimalFromNumber(open),
    high: decimalFromNumber(high),
    low: decimalFromNumber(low),
    close: decimalFromNumber(close),
    volume: decimalFromNumber(volume),
    quality: 0,
  };
}
