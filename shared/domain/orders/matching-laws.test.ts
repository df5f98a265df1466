import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paperModel, steps, terms } from '../../../test/support/generated-steps.ts';
import { working } from '../../../test/support/market-steps.ts';
import type { PaperModel } from '../accounts/paper-model.ts';
import { cappedVolume, type MarketStep } from './market-step.ts';
import { match } from './matching.ts';
import type { FilledReport, OrderReport } from './report.ts';
import { problemOfTerms, type OrderTerms } from './terms.ts';
import { limitPriceOf, type WorkingOrder } from './working-order.ts';

const effectiveTimeMs = fc.integer({ min: 0, max: 5000 });
const reducible = fc.integer({ min: 0, max: 3000 }).map((parts) => BigInt(parts) * 10n ** 9n);
const inputs = [terms, effectiveTimeMs, steps, paperModel, reducible] as const;

interface Run {
  readonly order: WorkingOrder | null;
  readonly reports: readonly OrderReport[];
  /** Beside each report, the step that it is of. */
  readonly of: readonly MarketStep[];
}

function run(
  asked: OrderTerms,
  atMs: number,
  market: readonly MarketStep[],
  paper: PaperModel,
  most: bigint,
): Run {
  let order: WorkingOrder | null = working(asked, atMs);
  const reports: OrderReport[] = [];
  const of: MarketStep[] = [];
  let left = most;
  for (const step of market) {
    if (order === null) break;
    const matched = match(order, step, paper, { volume: null, reducible: left });
    order = matched.order;
    for (const report of matched.reports) {
      reports.push(report);
      of.push(step);
      if (report.kind === 'filled') left -= report.quantity;
    }
  }
  return { order, reports, of };
}

const fillsOf = ({ reports }: Run): FilledReport[] => reports.filter((report) => report.kind === 'filled');

/** A law over every kind of order, market and model. */
function law(
  name: string,
  holds: (given: { run: Run; terms: OrderTerms; atMs: number; paper: PaperModel; most: bigint }) => void,
): void {
  it(name, () => {
    fc.assert(
      fc.property(...inputs, (asked, atMs, market, paper, most) => {
        holds({ run: run(asked, atMs, market, paper, most), terms: asked, atMs, paper, most });
      }),
      { numRuns: 300 },
    );
  });
}

describe('whatever is asked of whatever market', () => {
  it('is well formed, and meets something now and then', () => {
    const kinds = new Set<string>();
    for (const [asked, atMs, market, paper, most] of fc.sample(fc.tuple(...inputs), {
      numRuns: 500,
      seed: 7,
    })) {
      expect(problemOfTerms(asked)).toBeNull();
      for (const { kind } of run(asked, atMs, market, paper, most).reports) kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual(['accepted', 'canceled', 'expired', 'filled', 'rejected', 'triggered']);
  });

  law('what is filled and what is left are what was asked for', ({ run, terms: asked }) => {
    let filled = 0n;
    for (const fill of fillsOf(run)) {
      filled += fill.quantity;
      expect(fill.quantity).toBeGreaterThan(0n);
      expect(fill.leavesQuantity).toBeGreaterThanOrEqual(0n);
      if (asked.quantity !== null) expect(filled + fill.leavesQuantity).toBe(asked.quantity);
    }
    if (run.order !== null) expect(run.order.progress.filledQuantity).toBe(filled);
  });

  law('an amount is never overspent', ({ run, terms: asked }) => {
    if (asked.quantity !== null) return;
    const spent = fillsOf(run).reduce((sum, { cashChange }) => sum - cashChange, 0n);
    expect(spent).toBeLessThanOrEqual(asked.quoteQuantity);
  });

  law('nothing fills beyond its limit', ({ run, terms: asked }) => {
    const limit = limitPriceOf(asked);
    if (limit === null) return;
    for (const { price } of fillsOf(run))
      if (asked.side === 'BUY') expect(price).toBeLessThanOrEqual(limit);
      else expect(price).toBeGreaterThanOrEqual(limit);
  });

  law(
    'a maker fills at its own price alone, and only an order with a limit is one',
    ({ run, terms: asked }) => {
      for (const { liquidity, price } of fillsOf(run))
        if (liquidity === 'maker') expect(price).toBe(limitPriceOf(asked));
    },
  );

  law('nothing happens before its effective time, nor behind its end', ({ run, atMs, terms: asked }) => {
    for (const { timeMs, kind } of run.reports) {
      if (kind !== 'expired') expect(timeMs).toBeGreaterThanOrEqual(atMs);
      if (asked.goodTillMs !== null) expect(timeMs).toBeLessThanOrEqual(asked.goodTillMs);
      if (asked.goodTillMs !== null && kind === 'filled') expect(timeMs).toBeLessThan(asked.goodTillMs);
    }
  });

  law('no price is made up: one that is paid without slippage was there', ({ run, paper }) => {
    if (paper.slippage.kind !== 'fixed' || paper.slippage.fraction !== 0n) return;
    run.reports.forEach((report, n) => {
      if (report.kind !== 'filled' || report.liquidity === 'maker') return;
      const step = run.of[n]!;
      if (step.kind === 'trade') expect(report.price).toBe(step.price);
      if (step.kind === 'quote') expect([step.bidPrice, step.askPrice]).toContain(report.price);
      if (step.kind !== 'candle') return;
      expect(report.price).toBeGreaterThanOrEqual(step.low);
      expect(report.price).toBeLessThanOrEqual(step.high);
    });
  });

  law('no more of a step is had than the model allows', ({ run, paper }) => {
    const had = new Map<MarketStep, bigint>();
    run.reports.forEach((report, n) => {
      if (report.kind === 'filled') had.set(run.of[n]!, (had.get(run.of[n]!) ?? 0n) + report.quantity);
    });
    for (const [step, quantity] of had) {
      const cap = cappedVolume(volumeOf(step), paper.fill.volumeCap);
      if (cap !== null) expect(quantity).toBeLessThanOrEqual(cap);
    }
  });

  law('a reduce-only order never fills more than there is to reduce', ({ run, terms: asked, most }) => {
    if (!asked.reduceOnly) return;
    expect(fillsOf(run).reduce((sum, { quantity }) => sum + quantity, 0n)).toBeLessThanOrEqual(most);
  });

  law('reports are numbered without a gap, in order of time, and nothing follows an end', ({ run }) => {
    const ends = ['canceled', 'rejected', 'expired'];
    run.reports.forEach(({ number, kind, timeMs }, n) => {
      expect(number).toBe(n + 1);
      // An end by time in force is stamped with that time, which lies before the step that shows it.
      if (n > 0 && kind !== 'expired') expect(timeMs).toBeGreaterThanOrEqual(run.reports[n - 1]!.timeMs);
      if (ends.includes(kind)) expect(n).toBe(run.reports.length - 1);
      if (kind === 'rejected') expect(n).toBe(0);
    });
  });

  law('an order that only posts never takes', ({ run, terms: asked }) => {
    if (!('postOnly' in asked) || !asked.postOnly) return;
    for (const { liquidity } of fillsOf(run)) expect(liquidity).toBe('maker');
  });

  law(
    'all or nothing is one fill or none, and what is immediate ends where it begins',
    ({ run, terms: asked }) => {
      const first = run.of[run.reports.findIndex(({ kind }) => kind === 'filled')];
      if (asked.timeInForce === 'FOK') expect(fillsOf(run).length).toBeLessThanOrEqual(1);
      if (asked.timeInForce !== 'IOC' && asked.timeInForce !== 'FOK') return;
      run.reports.forEach((report, n) => {
        if (report.kind === 'filled') expect(run.of[n]).toBe(first);
      });
      if (first !== undefined) expect(run.order).toBeNull();
    },
  );

  it('comes to the same when it is shown again', () => {
    fc.assert(
      fc.property(...inputs, (...given) => {
        expect(run(...given)).toEqual(run(...given));
      }),
    );
  });
});

function volumeOf(step: MarketStep): bigint | null {
  if (step.kind === 'trade') return step.quantity;
  if (step.kind === 'candle') return step.volume;
  return step.kind === 'quote'
    ? step.bidQuantity > step.askQuantity
      ? step.bidQuantity
      : step.askQuantity
    : 0n;
}
