import { describe, expect, it } from '@jest/globals';
import { aCandle, aMarket, aPaperModel, working } from '../../test/support/market-steps.ts';
import { told } from '../../test/support/shown-steps.ts';
import type { CandleStep } from '../domain/orders/market-step.ts';
import type { OrderReport } from '../domain/orders/report.ts';
import { exitRules, type ExitSettings } from '../domain/trading/exits/exit-rules.ts';
import { CandleVenue } from './candle-venue.ts';

type Prices = readonly [open: number, high: number, low: number, close: number];

const MINUTE_MS = 60_000;

/** Candles from the one at whose open the entry fills on, a minute each; what is told, but that an order is there. */
class Run {
  readonly venue: CandleVenue;
  #n: number;

  constructor(settings: ExitSettings, seen: readonly Prices[] = []) {
    const made = exitRules(settings);
    if ('error' in made) throw new Error(made.error);
    this.venue = new CandleVenue(aPaperModel(), made.rules);
    this.#n = -seen.length;
    for (const prices of seen) this.show(prices);
  }

  enter(side: 'BUY' | 'SELL' = 'BUY'): this {
    this.venue.enter(working(aMarket({ side }), this.#n * MINUTE_MS, `entry ${this.#n}`));
    return this;
  }

  leave(): this {
    const terms = aMarket({ side: 'SELL', reduceOnly: true });
    this.venue.leave(working(terms, this.#n * MINUTE_MS, 'sale'));
    return this;
  }

  show(prices: Prices): string[] {
    const candle: CandleStep = aCandle(this.#n++ * MINUTE_MS, prices);
    const reports = this.venue.meet(candle);
    const [open, high, low, close] = prices;
    const shown = { openTimeMs: candle.openTimeMs, open, high, low, close, volume: 1 };
    return this.#lines([...reports, ...this.venue.close(shown, candle.closeTimeMs)]);
  }

  all(...candles: readonly Prices[]): string[] {
    return candles.flatMap((prices) => this.show(prices));
  }

  #lines(reports: readonly OrderReport[]): string[] {
    const lines = told(reports);
    return reports.flatMap(({ kind, clientOrderId }, n) => {
      if (kind === 'accepted' || kind === 'triggered') return [];
      return [`${this.venue.reasonOf(clientOrderId) ?? 'advice'}: ${lines[n]}`];
    });
  }
}

function filled(lines: readonly string[]): string[] {
  return lines.filter((line) => line.includes('filled 1 at'));
}

const flat = (price: number): Prices => [price, price, price, price];

describe('exits over candles', () => {
  it('lie at the venue from the entry’s fill on, and the first ends the others', () => {
    const settings = { stopLoss: 0.05, takeProfit: 0.1 };
    expect(new Run(settings).enter().all([100, 109, 96, 100], [100, 112, 100, 111])).toEqual([
      'advice: filled 1 at 100 (taker)',
      'take-profit: filled 1 at 110 (maker)',
      'stop-loss: canceled: its sibling has filled',
    ]);
    const both = new Run(settings).enter();
    expect(filled(both.all([100, 112, 95, 100]))).toContain('stop-loss: filled 1 at 95 (taker)');
    expect([both.venue.isIdle, both.venue.position]).toEqual([true, 0n]);
  });

  it('are the other way round for a short position', () => {
    const short = (settings: ExitSettings, ...candles: Prices[]): string | undefined =>
      filled(new Run(settings).enter('SELL').all(...candles)).at(-1);
    expect(short({ stopLoss: 0.05 }, [100, 105, 90, 100])).toBe('stop-loss: filled 1 at 105 (taker)');
    expect(short({ takeProfit: 0.1 }, [100, 105, 90, 100])).toBe('take-profit: filled 1 at 90 (maker)');
    const trailing = { trailing: [{ distance: 0.1, from: 0.2 }] };
    expect(short(trailing, [100, 150, 81, 100], [100, 100, 80, 80], [80, 90, 80, 90])).toBe(
      'trailing-stop: filled 1 at 88 (taker)',
    );
    expect(short({ timeStopMs: MINUTE_MS }, flat(100), flat(101))).toBe('time-stop: filled 1 at 101 (taker)');
    const table = { takeProfit: 0.5, returns: [{ afterMs: MINUTE_MS, atLeast: 0.1 }] };
    expect(short(table, flat(100), [100, 100, 90, 95])).toBe('take-profit: filled 1 at 90 (maker)');
    const atr = { atrStop: { period: 1, multiple: 2, trails: true } };
    const seen: Prices[] = [flat(100), [100, 105, 100, 100]];
    const run = new Run(atr, seen).enter('SELL');
    expect(filled(run.all([100, 100, 95, 98], [98, 105, 98, 105]))).toContain(
      'atr-stop: filled 1 at 105 (taker)',
    );
  });

  it('take the table’s return of their age, from the first open at or after it', () => {
    const settings = {
      returns: [
        { afterMs: 60_000, atLeast: 0.1 },
        { afterMs: 120_001, atLeast: 0.02 },
        { afterMs: 240_000, atLeast: -0.05 },
      ],
    };
    const first = [100, 150, 100, 100] as const;
    const second = [100, 109, 100, 100] as const;
    expect(new Run(settings).enter().all(first, second, second)).toEqual(['advice: filled 1 at 100 (taker)']);
    expect(filled(new Run(settings).enter().all(first, second, second, second))).toContain(
      'take-profit: filled 1 at 102 (maker)',
    );
    // Where the market is beyond it already, it gets the open.
    expect(filled(new Run(settings).enter().all(first, second, second, [105, 106, 104, 105]))).toContain(
      'take-profit: filled 1 at 105 (taker)',
    );
    expect(filled(new Run(settings).enter().all(first, flat(96), flat(96), flat(96), flat(96)))).toContain(
      'take-profit: filled 1 at 96 (taker)',
    );
    expect(filled(new Run(settings).enter().all(first, ...Array<Prices>(5).fill(flat(94))))).toHaveLength(1);
  });

  it('are left at any price when their time is over', () => {
    const run = new Run({ stopLoss: 0.5, timeStopMs: 90_000 }).enter();
    expect(run.all(flat(100), flat(100))).toEqual(['advice: filled 1 at 100 (taker)']);
    expect(run.show([80, 81, 79, 80])).toEqual([
      'time-stop: filled 1 at 80 (taker)',
      'stop-loss: canceled: its sibling has filled',
    ]);
  });

  it('end with the strategy’s own way out, and it with them', () => {
    const run = new Run({ stopLoss: 0.05 }).enter();
    run.show(flat(100));
    expect(run.leave().show(flat(98))).toEqual([
      'advice: filled 1 at 98 (taker)',
      'stop-loss: canceled: its sibling has filled',
    ]);
    const gap = new Run({ stopLoss: 0.05 }).enter();
    gap.show(flat(100));
    expect(gap.leave().show(flat(90))).toEqual([
      'stop-loss: filled 1 at 90 (taker)',
      'advice: canceled: its sibling has filled',
    ]);
  });

  it('begin anew with the next position', () => {
    const run = new Run({ takeProfit: 0.5, returns: [{ afterMs: 60_000, atLeast: 0.1 }] }).enter();
    run.all(flat(100), [100, 110, 100, 100]);
    expect(run.venue.isIdle).toBe(true);
    expect(filled(run.enter().all([100, 149, 100, 100], [100, 111, 100, 100]))).toEqual([
      'advice: filled 1 at 100 (taker)',
      'take-profit: filled 1 at 110 (maker)',
    ]);
  });
});

describe('a stop by the average true range', () => {
  const seen: Prices[] = [flat(100), [100, 102, 98, 100], [100, 102, 98, 100]];
  const stop = (trails: boolean) => ({ atrStop: { period: 2, multiple: 2, trails } });

  it('stands so many ranges from the entry, as they were when it was decided', () => {
    expect(filled(new Run(stop(false), seen).enter().all([90, 90, 82, 85]))).toContain(
      'atr-stop: filled 1 at 82 (taker)',
    );
    expect(new Run(stop(false), seen).enter().all([90, 99, 82.01, 98], [98, 98, 82.01, 83])).toHaveLength(1);
  });

  it('follows the best price at each close where it trails, and never goes back', () => {
    const run = new Run(stop(true), seen).enter();
    // Ranges of 4 and 4, then 6, whose average is 5: ten below the high.
    expect(run.all(flat(100), [100, 110, 104, 108])).toContainEqual('atr-stop: replaced');
    const wide = run.all([108, 108, 103, 104], flat(104));
    expect(wide.filter((line) => line.startsWith('atr-stop: filled'))).toEqual([]);
    expect(run.show([104, 104, 90, 95])[0]).toMatch(/^atr-stop: filled 1 at \d/);
  });

  it('is set as soon as the range is known', () => {
    const run = new Run(stop(false), seen.slice(0, 1)).enter();
    expect(run.all([100, 102, 98, 100], [100, 102, 50, 100])).toEqual(['advice: filled 1 at 100 (taker)']);
    const late = new Run(stop(false), seen.slice(0, 1)).enter();
    expect(filled(late.all([100, 102, 98, 100], [100, 102, 98, 100], [100, 100, 92, 95]))).toContain(
      'atr-stop: filled 1 at 92 (taker)',
    );
  });
});
