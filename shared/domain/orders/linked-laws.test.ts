import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paperModel, price, steps } from '../../../test/support/generated-steps.ts';
import { working } from '../../../test/support/market-steps.ts';
import type { PaperModel } from '../accounts/paper-model.ts';
import { formatDecimal, ONE } from '../decimal.ts';
import type { Side } from '../market-data/trade.ts';
import { bracket, oneCancelsOther, type Command, type Submit } from './command.ts';
import type { MarketStep } from './market-step.ts';
import { matchAll } from './match-all.ts';
import type { OrderReport } from './report.ts';
import type { OrderTerms } from './terms.ts';
import type { VenueOrders } from './orders-under-way.ts';
import { obey } from './venue-orders.ts';

const size = fc.integer({ min: 1, max: 3000 }).map((parts) => BigInt(parts) * 10n ** 9n);
const PLAIN = { timeInForce: 'GTC', goodTillMs: null, reduceOnly: false } as const;
const limit = (side: Side, at: bigint, quantity: bigint): OrderTerms => ({
  type: 'LIMIT',
  side,
  price: at,
  quantity,
  postOnly: false,
  ...PLAIN,
});
const stop = (side: Side, at: bigint, quantity: bigint): OrderTerms => ({
  type: 'STOP',
  side,
  stopPrice: at,
  quantity,
  ...PLAIN,
});

/** Sells at a target or at a stop. */
const exits = fc
  .tuple(price, price, size)
  .map(([target, at, quantity]) => [
    working(limit('SELL', target, quantity), 0, 'target'),
    working(stop('SELL', at, quantity), 0, 'stop'),
  ]);
const siblings = exits.map((orders) => oneCancelsOther('group', orders));
const brackets = fc
  .tuple(price, size, exits)
  .map(([at, quantity, orders]) => bracket(working(limit('BUY', at, quantity), 0, 'entry'), orders));

interface Run {
  readonly orders: VenueOrders;
  readonly reports: readonly OrderReport[];
  readonly byStep: readonly (readonly OrderReport[])[];
}

/** @param cancelAt the step before which the stop is canceled, if there are as many */
function run(submit: Submit, market: readonly MarketStep[], paper: PaperModel, cancelAt = -1): Run {
  const given = { paperOf: () => paper, positionOf: () => 0n };
  let { orders } = obey([], submit, 0, given.paperOf);
  const byStep: (readonly OrderReport[])[] = [];
  market.forEach((step, n) => {
    const cancel: Command = { kind: 'cancel', clientOrderId: 'stop' };
    const canceled = n === cancelAt ? obey(orders, cancel, n * 1000, given.paperOf) : { orders, reports: [] };
    const settled = matchAll(canceled.orders, step, given);
    orders = settled.orders;
    byStep.push([...canceled.reports, ...settled.reports]);
  });
  return { orders, byStep, reports: byStep.flat() };
}

function filledBy(reports: readonly OrderReport[], ...ids: readonly string[]): bigint {
  return reports.reduce(
    (sum, report) =>
      report.kind === 'filled' && ids.includes(report.clientOrderId) ? sum + report.quantity : sum,
    0n,
  );
}

describe('orders that belong together, whatever the market does', () => {
  it('fill by one sibling at most where one cancels the other', () => {
    fc.assert(
      fc.property(siblings, steps, paperModel, (submit, market, paper) => {
        const { reports } = run(submit, market, paper);
        expect(['target', 'stop'].filter((id) => filledBy(reports, id) > 0n).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('get out of what was got into, never of more, and by one exit in a step', () => {
    fc.assert(
      fc.property(
        brackets,
        steps,
        paperModel,
        fc.integer({ min: 0, max: 30 }),
        (submit, market, paper, cancelAt) => {
          const { byStep } = run(submit, market, paper, cancelAt);
          const before: OrderReport[] = [];
          for (const reports of byStep) {
            before.push(...reports);
            expect(filledBy(before, 'target', 'stop')).toBeLessThanOrEqual(filledBy(before, 'entry'));
            expect(['target', 'stop'].filter((id) => filledBy(reports, id) > 0n).length).toBeLessThanOrEqual(
              1,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keep exits of exactly what is still held, as long as nobody cancels them', () => {
    fc.assert(
      fc.property(brackets, steps, paperModel, (submit, market, paper) => {
        const { orders, reports } = run(submit, market, paper);
        const held = filledBy(reports, 'entry') - filledBy(reports, 'target', 'stop');
        for (const { order, isHeld } of orders) {
          if (isHeld || order.clientOrderId === 'entry') continue;
          expect(formatDecimal(order.terms.quantity! - order.progress.filledQuantity)).toBe(
            formatDecimal(held),
          );
        }
        // Nothing is held without one.
        if (held > 0n) expect(orders.filter(({ parentId }) => parentId !== null)).toHaveLength(2);
      }),
      { numRuns: 500 },
    );
  });

  it('number the reports of each order without a gap', () => {
    fc.assert(
      fc.property(brackets, steps, paperModel, (submit, market, paper) => {
        const { reports } = run(submit, market, paper);
        for (const id of ['entry', 'target', 'stop']) {
          const numbers = reports
            .filter(({ clientOrderId }) => clientOrderId === id)
            .map(({ number }) => number);
          expect(numbers).toEqual(numbers.map((_, n) => n + 1));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('have no more of a step together than the model allows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(price, size), { maxLength: 6 }),
        steps,
        paperModel,
        (asked, market, paper) => {
          const orders = asked.map(([at, quantity], n) => working(limit('BUY', at, quantity), 0, `n${n}`));
          const { byStep } = run(unlinked(orders), market, paper);
          byStep.forEach((reports, n) => {
            const step = market[n]!;
            const { volumeCap } = paper.fill;
            if (volumeCap === null || step.kind === 'watermark') return;
            const traded =
              step.kind === 'quote'
                ? step.askQuantity
                : step.kind === 'candle'
                  ? step.volume
                  : step.quantity!;
            const had = filledBy(reports, ...orders.map(({ clientOrderId }) => clientOrderId));
            expect(had).toBeLessThanOrEqual((traded * volumeCap) / ONE);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function unlinked(orders: readonly ReturnType<typeof working>[]): Submit {
  return {
    kind: 'submit',
    orders: orders.map((order) => ({ order, siblings: null, parentId: null, isHeld: false })),
  };
}
