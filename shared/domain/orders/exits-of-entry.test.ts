import { describe, expect, it } from '@jest/globals';
import {
  aCandle,
  aLimit,
  aMarket,
  aPaperModel,
  aStop,
  aTrailingStop,
  working,
} from '../../../test/support/market-steps.ts';
import { play } from '../../../test/support/played-events.ts';
import { decimal } from '../decimal.ts';
import { alone, type LinkedOrder, type PricesOfEntry } from './command.ts';
import type { CandleStep } from './market-step.ts';
import type { OrderTerms } from './terms.ts';

const sell = (price: string): OrderTerms => aLimit(price, { side: 'SELL' });

describe('several exits of one entry', () => {
  const within = (exits: readonly LinkedOrder[], candles: readonly CandleStep[], paper = aPaperModel()) => {
    return play([{ kind: 'submit', orders: [alone(working(aMarket(), 0, 'entry')), ...exits] }, ...candles], {
      paper,
    }).told.filter((line) => line.includes('filled 1'));
  };
  const exit = (terms: OrderTerms, id: string, ofEntry?: PricesOfEntry): LinkedOrder => ({
    order: working(terms, 0, id),
    siblings: { groupId: 'entry', rule: 'reduce' },
    parentId: 'entry',
    isHeld: true,
    ...(ofEntry === undefined ? {} : { ofEntry }),
  });
  const fraction = (value: string) => ({ by: 'fraction', value: decimal(value) }) as const;

  it('have prices by what it filled at', () => {
    const far = aStop('1');
    const prices = [
      exit(far, 'stop', { stopPrice: fraction('-0.05') }),
      exit(sell('1'), 'target', { price: { by: 'amount', value: decimal('12') } }),
    ];
    expect(within(prices, [aCandle(0, [80, 85, 76.01, 80]), aCandle(60_000, [80, 92, 80, 90])])).toEqual([
      'entry: filled 1 at 80 (taker)',
      'target: filled 1 at 92 (maker)',
    ]);
    expect(within(prices, [aCandle(0, [80, 92, 76, 80])])).toContain('stop: filled 1 at 76 (taker)');
    const trailing = exit(aTrailingStop('amount', '5', { activationPrice: decimal('1') }), 'trailing', {
      activationPrice: fraction('0.1'),
    });
    const run = [
      aCandle(0, [100, 109, 90, 109]),
      aCandle(60_000, [109, 110, 106, 106]),
      aCandle(120_000, [106, 106, 100, 100]),
    ];
    expect(within([trailing], run)).toContain('trailing: filled 1 at 105 (taker)');
  });

  it('of which two are stops: the nearer goes off, whichever came first', () => {
    const far = exit(aStop('95'), 'far');
    const near = exit(aStop('97'), 'near');
    for (const exits of [
      [far, near],
      [near, far],
    ])
      expect(within(exits, [aCandle(0, [100, 100, 90, 95])])).toContain('near: filled 1 at 97 (taker)');
    const shorts = [exit(aStop('105', { side: 'BUY' }), 'far'), exit(aStop('103', { side: 'BUY' }), 'near')];
    const entry = working(aMarket({ side: 'SELL' }), 0, 'entry');
    const events = [
      { kind: 'submit', orders: [alone(entry), ...shorts] } as const,
      aCandle(0, [100, 110, 99, 105]),
    ];
    expect(play(events).told).toContain('near: filled 1 at 103 (taker)');
  });

  it('of which one does not stand yet: what stands is met before', () => {
    const trailing = exit(aTrailingStop('amount', '5', { activationPrice: decimal('110') }), 'trailing');
    const exits = [trailing, exit(aStop('95'), 'fixed')];
    expect(within(exits, [aCandle(0, [100, 115, 94, 96])])).toContain('fixed: filled 1 at 95 (taker)');
    expect(within(exits, [aCandle(0, [100, 115, 96, 96])])).toContain('trailing: filled 1 at 105 (taker)');
  });

  it('follow from the open that filled their entry on', () => {
    const exits = ['20', '5'].map((distance) => exit(aTrailingStop('amount', distance), `at ${distance}`));
    expect(within(exits, [aCandle(0, [100, 110, 90, 90])])).toContain('at 5: filled 1 at 95 (taker)');
  });

  it('do not follow a price that may have come before the entry', () => {
    const entry = working(aLimit('98'), 0, 'entry');
    const exits = [exit(aTrailingStop('amount', '5'), 'trailing')];
    const events = [{ kind: 'submit', orders: [alone(entry), ...exits] } as const];
    const told = (...prices: [number, number, number, number]): string[] =>
      play([...events, aCandle(0, prices)]).told;
    expect(told(100, 112, 97, 100).slice(-2)).toEqual([
      'entry: filled 1 at 98 (maker)',
      'trailing: accepted',
    ]);
    expect(told(100, 112, 93, 100)).toContain('trailing: filled 1 at 93 (taker)');
  });

  it('where the best price comes first: the stop as it stood, the target, and then the stop that it made', () => {
    const paper = aPaperModel({ trailing: 'best-first' });
    const trailing = exit(aTrailingStop('amount', '5'), 'trailing');
    const target = exit(sell('112'), 'target');
    const quiet = aCandle(0, [100, 100, 100, 100]);
    const second = (high: number, low: number): string =>
      within([trailing, target], [quiet, aCandle(60_000, [100, high, low, 110])], paper)[1] ?? 'none';
    expect(second(113, 95)).toBe('trailing: filled 1 at 95 (taker)');
    expect(second(113, 96)).toBe('target: filled 1 at 112 (maker)');
    expect(second(111, 96)).toBe('trailing: filled 1 at 106 (taker)');
    expect(second(111, 106.01)).toBe('none');
  });
});
