import { describe, expect, it } from '@jest/globals';
import {
  aCandle,
  aLimit,
  aPaperModel,
  aQuote,
  aTrade,
  BY_VOLUME,
  working,
} from '../../../test/support/market-steps.ts';
import { showAll, told } from '../../../test/support/shown-steps.ts';
import type { FillModel } from '../accounts/paper-model.ts';
import { decimal } from '../decimal.ts';
import type { MarketStep } from './market-step.ts';
import type { Limit } from './terms.ts';

const plain = aPaperModel();

function toldOf(terms: Limit, steps: readonly MarketStep[], fill: Partial<FillModel> = {}): string[] {
  return told(showAll(working(terms), steps, aPaperModel(fill)).reports);
}

describe('a limit order', () => {
  it('takes what is better on arrival, at that price, and pays the fee of a taker', () => {
    const paper = aPaperModel({}, { takerFee: decimal('0.01'), makerFee: decimal('0.001') });
    const { reports } = showAll(working(aLimit('100')), [aTrade(1, 99)], paper);
    expect(told(reports)).toEqual(['filled 1 at 99 (taker)']);
    expect(reports[0]).toMatchObject({ fee: decimal('0.99') });
  });

  it('never pays more than its limit, whatever slippage says', () => {
    const paper = aPaperModel({}, { slippage: { kind: 'fixed', fraction: decimal('0.05') } });
    expect(told(showAll(working(aLimit('100')), [aTrade(1, 99)], paper).reports)).toEqual([
      'filled 1 at 100 (taker)',
    ]);
    const sale = working(aLimit('98', { side: 'SELL' }));
    expect(told(showAll(sale, [aTrade(1, 99)], paper).reports)).toEqual(['filled 1 at 98 (taker)']);
  });

  it('rests where it cannot take, and makes at its own price, never at a better one', () => {
    const paper = aPaperModel({}, { takerFee: decimal('0.01'), makerFee: decimal('0.001') });
    const { reports } = showAll(working(aLimit('100')), [aTrade(1, 101), aTrade(2, 90)], paper);
    expect(told(reports)).toEqual(['accepted', 'filled 1 at 100 (maker)']);
    expect(reports[1]).toMatchObject({ fee: decimal('0.1'), number: 2 });
    const sale = working(aLimit('100', { side: 'SELL' }));
    expect(told(showAll(sale, [aTrade(1, 99), aTrade(2, 110)], paper).reports)).toEqual([
      'accepted',
      'filled 1 at 100 (maker)',
    ]);
  });

  it('is not reached at its price by who took from its own side of the book', () => {
    const steps = [aTrade(1, 101), aTrade(2, 100, { takerSide: 'BUY' })];
    expect(toldOf(aLimit('100'), steps)).toEqual(['accepted']);
    expect(toldOf(aLimit('100'), [...steps, aTrade(3, 100, { takerSide: 'SELL' })])).toContain(
      'filled 1 at 100 (maker)',
    );
    // Beyond its price it would have been there first, whoever took.
    expect(toldOf(aLimit('100'), [steps[0]!, aTrade(2, '99.99', { takerSide: 'BUY' })])).toContain(
      'filled 1 at 100 (maker)',
    );
  });

  it('is filled by parts, by what was traded', () => {
    const steps = [aTrade(1, 101), aTrade(2, 99, { quantity: '0.3' }), aTrade(3, 100, { quantity: '5' })];
    expect(toldOf(aLimit('100'), steps, BY_VOLUME)).toEqual([
      'accepted',
      'filled 0.3 at 100 (maker)',
      'filled 0.7 at 100 (maker)',
    ]);
  });

  it('takes what there is and rests with the rest', () => {
    const steps = [aTrade(1, 99, { quantity: '0.3' }), aTrade(2, 98, { quantity: '5' })];
    expect(toldOf(aLimit('100'), steps, BY_VOLUME)).toEqual([
      'filled 0.3 at 99 (taker)',
      'filled 0.7 at 100 (maker)',
    ]);
  });

  it('that is immediate takes what there is, and never rests', () => {
    const steps = [aTrade(1, 99, { quantity: '0.3' }), aTrade(2, 98)];
    expect(toldOf(aLimit('100', { timeInForce: 'IOC' }), steps, BY_VOLUME)).toEqual([
      'filled 0.3 at 99 (taker)',
      'canceled: the rest could not be filled at once',
    ]);
    expect(toldOf(aLimit('100', { timeInForce: 'FOK' }), steps, BY_VOLUME)).toEqual([
      'canceled: not all of it could be filled at once',
    ]);
    for (const timeInForce of ['IOC', 'FOK'] as const)
      expect(toldOf(aLimit('98.5', { timeInForce }), steps)).toEqual([
        'canceled: nothing could be filled at once',
      ]);
  });

  it('that may only post is rejected where it would take, and canceled if it was accepted before', () => {
    expect(toldOf(aLimit('100', { postOnly: true }), [aTrade(1, 100)])).toEqual([
      'rejected: it would take, and may only post',
    ]);
    expect(
      toldOf(aLimit('100', { postOnly: true }), [{ kind: 'watermark', timeMs: 1 }, aTrade(2, 99)]),
    ).toEqual(['accepted', 'canceled: it would take, and may only post']);
    expect(toldOf(aLimit('100', { postOnly: true }), [aTrade(1, 101), aTrade(2, 99)])).toContain(
      'filled 1 at 100 (maker)',
    );
  });

  it('ends by its time in force: at the first step at or behind it, or when time passes', () => {
    const dayMs = 86_400_000;
    const day = working(aLimit('100', { timeInForce: 'DAY' }), dayMs + 5);
    const { reports } = showAll(day, [aTrade(dayMs + 6, 101), aTrade(2 * dayMs, 99)], plain);
    expect(told(reports)).toEqual(['accepted', 'expired: its time in force is over']);
    expect(reports[1]!.timeMs).toBe(2 * dayMs);
    const good = aLimit('100', { timeInForce: 'GTD', goodTillMs: 1000 });
    const until = (timeMs: number): MarketStep[] => [
      aTrade(1, 101),
      { kind: 'watermark', timeMs },
      aTrade(999, 99),
    ];
    expect(toldOf(good, until(999))).toEqual(['accepted', 'filled 1 at 100 (maker)']);
    expect(toldOf(good, until(1000))).toEqual(['accepted', 'expired: its time in force is over']);
  });

  describe('over candles', () => {
    it('takes at the open, or rests from there and is reached by the range', () => {
      expect(toldOf(aLimit('100'), [aCandle(0, [99, 110, 90, 105])])).toEqual(['filled 1 at 99 (taker)']);
      expect(toldOf(aLimit('100'), [aCandle(0, [101, 110, 100, 105])])).toEqual([
        'accepted',
        'filled 1 at 100 (maker)',
      ]);
      expect(toldOf(aLimit('100'), [aCandle(0, [101, 110, 100.01, 105])])).toEqual(['accepted']);
    });

    it('fills at its own price where the market opened beyond it while it rested', () => {
      const steps = [aCandle(0, [105, 106, 104, 105]), aCandle(60_000, [90, 95, 85, 95])];
      expect(toldOf(aLimit('100'), steps)).toEqual(['accepted', 'filled 1 at 100 (maker)']);
    });

    it('is stamped when it is known to have happened', () => {
      const { reports } = showAll(working(aLimit('100')), [aCandle(0, [101, 110, 99, 105])], plain);
      expect(reports.map(({ timeMs }) => timeMs)).toEqual([0, 59_999]);
    });

    it('has its part of the volume of each', () => {
      const steps = [aCandle(0, [101, 110, 99, 105], { volume: 4 }), aCandle(60_000, [101, 110, 99, 105])];
      expect(toldOf(aLimit('100'), steps, { volumeCap: decimal('0.1') })).toEqual([
        'accepted',
        'filled 0.4 at 100 (maker)',
        'filled 0.6 at 100 (maker)',
      ]);
    });

    it('is not reached within one in which its time ends: only the open is known to lie before', () => {
      const terms = aLimit('100', { timeInForce: 'GTD', goodTillMs: 30_000 });
      expect(toldOf(terms, [aCandle(0, [101, 110, 90, 105])])).toEqual(['accepted']);
      expect(toldOf(terms, [aCandle(0, [99, 110, 90, 105])])).toEqual(['filled 1 at 99 (taker)']);
    });

    it('goes by shorter candles where they are known', () => {
      const shorter = [
        aCandle(0, [101, 110, 101, 105], { closeTimeMs: 30_000 }),
        aCandle(30_000, [105, 105, 90, 105]),
      ];
      const candle = aCandle(0, [101, 110, 90, 105], { shorter });
      expect(toldOf(aLimit('100', { timeInForce: 'GTD', goodTillMs: 30_000 }), [candle])).toEqual([
        'accepted',
        'expired: its time in force is over',
      ]);
      expect(toldOf(aLimit('100'), [candle])).toEqual(['accepted', 'filled 1 at 100 (maker)']);
      // One that takes effect within it meets what comes behind that.
      expect(told(showAll(working(aLimit('106'), 1000), [candle], plain).reports)).toEqual([
        'filled 1 at 105 (taker)',
      ]);
    });
  });
});

describe('the place of a resting order in its queue', () => {
  const resting = [aTrade(1, 101)];

  it('is behind all where only a price that goes through fills', () => {
    const touched = [...resting, aTrade(2, 100)];
    expect(toldOf(aLimit('100'), touched, { queue: { kind: 'through' } })).toEqual(['accepted']);
    expect(toldOf(aLimit('100'), [...touched, aTrade(3, '99.9')], { queue: { kind: 'through' } })).toContain(
      'filled 1 at 100 (maker)',
    );
    expect(toldOf(aLimit('100'), touched, { queue: { kind: 'touch' } })).toHaveLength(2);
  });

  it('is drawn by seed, the same whenever it is asked', () => {
    const touches = Array.from({ length: 2000 }, (_, n) => [aTrade(1, 101), aTrade(n + 2, 100)]);
    const filled = (seed: number): boolean[] =>
      touches.map(
        (steps) =>
          toldOf(aLimit('100'), steps, { queue: { kind: 'chance', probability: 0.3 }, seed }).length > 1,
      );
    expect(filled(1)).toEqual(filled(1));
    expect(filled(2)).not.toEqual(filled(1));
    const share = filled(1).filter(Boolean).length / touches.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.04);
  });

  it('moves on by what is traded at the price, after what the quote showed there on arrival', () => {
    const fill: Partial<FillModel> = { queue: { kind: 'risk-averse' }, ...BY_VOLUME };
    const quote = aQuote(2, ['100', '3'], ['101', '1']);
    const traded = (...quantities: string[]): string[] =>
      toldOf(
        aLimit('100'),
        [...resting, quote, ...quantities.map((quantity, n) => aTrade(n + 3, 100, { quantity }))],
        fill,
      );
    expect(traded('2', '1')).toEqual(['accepted']);
    expect(traded('2', '1.25')).toEqual(['accepted', 'filled 0.25 at 100 (maker)']);
    expect(traded('2', '1.25', '9')).toContain('filled 0.75 at 100 (maker)');
    // Until a quote has shown the price, nobody knows.
    expect(toldOf(aLimit('100'), [...resting, aTrade(2, 100, { quantity: '9' })], fill)).toEqual([
      'accepted',
    ]);
  });

  it('is helped by what others cancel: not at all, or in proportion', () => {
    const steps = [
      ...resting,
      aQuote(2, ['100', '4'], ['101', '1']),
      // Six come behind us; then four of the ten are canceled.
      aQuote(3, ['100', '10'], ['101', '1']),
      aQuote(4, ['100', '6'], ['101', '1']),
      aTrade(5, 100, { quantity: '3' }),
    ];
    expect(toldOf(aLimit('100'), steps, { queue: { kind: 'risk-averse' }, ...BY_VOLUME })).toEqual([
      'accepted',
    ]);
    // 4 × 4 ⁄ 10 of them stood before us, so 2.4 do.
    expect(toldOf(aLimit('100'), steps, { queue: { kind: 'proportional' }, ...BY_VOLUME })).toEqual([
      'accepted',
      'filled 0.6 at 100 (maker)',
    ]);
  });

  it('does not count as canceled what was traded', () => {
    const steps = [
      ...resting,
      aQuote(2, ['100', '4'], ['101', '1']),
      aTrade(3, 100, { quantity: '2' }),
      aQuote(4, ['100', '2'], ['101', '1']),
      aTrade(5, 100, { quantity: '2.5' }),
    ];
    for (const kind of ['risk-averse', 'proportional'] as const)
      expect(toldOf(aLimit('100'), steps, { queue: { kind }, ...BY_VOLUME })).toEqual([
        'accepted',
        'filled 0.5 at 100 (maker)',
      ]);
  });

  it('is no further back than the level is deep, and first where nobody else is left', () => {
    const fill: Partial<FillModel> = { queue: { kind: 'risk-averse' }, ...BY_VOLUME };
    const [first, traded] = [aQuote(2, ['100', '4'], ['101', '1']), aTrade(9, 100)];
    expect(
      toldOf(aLimit('100'), [...resting, first, aQuote(3, ['100', '0.5'], ['101', '1']), traded], fill),
    ).toEqual(['accepted', 'filled 0.5 at 100 (maker)']);
    expect(toldOf(aLimit('100'), [...resting, aQuote(3, ['99', '7'], ['101', '1']), traded], fill)).toEqual([
      'accepted',
      'filled 1 at 100 (maker)',
    ]);
    // A better bid before us tells nothing of our price.
    expect(
      toldOf(aLimit('100'), [...resting, first, aQuote(3, ['100.5', '1'], ['101', '1']), traded], fill),
    ).toEqual(['accepted']);
  });

  it('is mirrored for sales', () => {
    const fill: Partial<FillModel> = { queue: { kind: 'risk-averse' }, ...BY_VOLUME };
    const steps = [
      aTrade(1, 99),
      aQuote(2, ['99', '9'], ['100', '3']),
      aTrade(3, 100, { quantity: '3.5', takerSide: 'BUY' }),
    ];
    expect(toldOf(aLimit('100', { side: 'SELL' }), steps, fill)).toEqual([
      'accepted',
      'filled 0.5 at 100 (maker)',
    ]);
  });

  it('is reached by a quote whose other side comes to its price', () => {
    expect(toldOf(aLimit('100'), [...resting, aQuote(2, ['99', '1'], ['100', '0.4'])], BY_VOLUME)).toEqual([
      'accepted',
      'filled 0.4 at 100 (maker)',
    ]);
  });

  it('is taken from the quote on which it arrives, where quotes are what it meets', () => {
    const fill: Partial<FillModel> = { queue: { kind: 'risk-averse' }, takes: 'quote', ...BY_VOLUME };
    const steps = [aQuote(1, ['100', '2'], ['101', '1']), aTrade(2, 100, { quantity: '2.5' })];
    expect(toldOf(aLimit('100'), steps, fill)).toEqual(['accepted', 'filled 0.5 at 100 (maker)']);
  });
});
