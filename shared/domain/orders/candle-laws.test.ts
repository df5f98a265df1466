import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paperModel, steps, terms } from '../../../test/support/generated-steps.ts';
import { aCandle, aPaperModel, aTrade, aTrailingStop, working } from '../../../test/support/market-steps.ts';
import { showAll } from '../../../test/support/shown-steps.ts';
import { decimal, type Decimal } from '../decimal.ts';
import { alone } from './command.ts';
import type { MarketStep } from './market-step.ts';
import { matchAll } from './match-all.ts';
import type { OrderReport } from './report.ts';
import type { VenueOrders } from './orders-under-way.ts';
import type { OrderTerms } from './terms.ts';

/** Where a market went that never leaps: each print at most a tick from the one before. */
const walk = fc
  .array(fc.constantFrom(-1, 0, 1), { minLength: 1, maxLength: 200 })
  .map((moves) => moves.reduce((prices, move) => [...prices, prices.at(-1)! + move], [1000]));

const stops = fc
  .record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    distance: fc.integer({ min: 1, max: 12 }),
    from: fc.option(fc.integer({ min: -8, max: 8 })),
  })
  .map(({ side, distance, from }) => {
    const activationPrice = from === null ? null : decimal(String(1000 + from));
    return aTrailingStop('amount', String(distance), { side, activationPrice });
  });

function filledAt(asked: OrderTerms, market: readonly MarketStep[]): Decimal | null {
  const { reports } = showAll(working(asked), market, aPaperModel());
  for (const report of reports) if (report.kind === 'filled') return report.price;
  return null;
}

function candleOf(prices: readonly number[]): MarketStep {
  return aCandle(0, [prices[0]!, Math.max(...prices), Math.min(...prices), prices.at(-1)!]);
}

describe('a trailing stop over a candle', () => {
  it('goes off only where it has over the candle’s own trades, and never at a better price', () => {
    fc.assert(
      fc.property(walk, stops, (prices, asked) => {
        const overCandle = filledAt(asked, [candleOf(prices)]);
        if (overCandle === null) return;
        const tape = prices.map((price, n) => aTrade(n, price));
        const overTape = filledAt(asked, tape);
        expect(overTape).not.toBeNull();
        expect(asked.side === 'SELL' ? overCandle <= overTape! : overCandle >= overTape!).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('goes off now and then', () => {
    const given = fc.sample(fc.tuple(walk, stops), { numRuns: 500, seed: 7 });
    const filled = given.filter(([prices, asked]) => filledAt(asked, [candleOf(prices)]) !== null);
    expect(filled.length).toBeGreaterThan(30);
  });
});

describe('an order among others', () => {
  it('that is alone comes to what it comes to by itself, though a candle is shown to it in parts', () => {
    fc.assert(
      fc.property(terms, steps, paperModel, (asked, market, paper) => {
        const given = { ...asked, reduceOnly: false };
        let orders: VenueOrders = [alone(working(given))];
        const reports: OrderReport[] = [];
        for (const step of market) {
          const settled = matchAll(orders, step, { paperOf: () => paper, positionOf: () => 0n });
          orders = settled.orders;
          reports.push(...settled.reports);
        }
        const single = showAll(working(given), market, paper);
        expect(reports).toEqual(single.reports);
        expect(orders.map(({ order }) => order)).toEqual(single.order === null ? [] : [single.order]);
      }),
      { numRuns: 500 },
    );
  });
});
