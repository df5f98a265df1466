import { describe, expect, it } from '@jest/globals';
import {
  aCandle,
  aPaperModel,
  aQuote,
  aStop,
  aStopLimit,
  aTrade,
  aTrailingStop,
  BY_VOLUME,
  working,
} from '../../../test/support/market-steps.ts';
import { showAll, told } from '../../../test/support/shown-steps.ts';
import type { FillModel } from '../accounts/paper-model.ts';
import { decimal } from '../decimal.ts';
import type { MarketStep } from './market-step.ts';
import type { OrderTerms } from './terms.ts';

function toldOf(terms: OrderTerms, steps: readonly MarketStep[], fill: Partial<FillModel> = {}): string[] {
  return told(showAll(working(terms), steps, aPaperModel(fill)).reports);
}

describe('a stop', () => {
  it('waits for the first trade at or beyond its price, and takes there', () => {
    expect(toldOf(aStop('100'), [aTrade(1, 105), aTrade(2, '100.01')])).toEqual(['accepted']);
    expect(toldOf(aStop('100'), [aTrade(1, 105), aTrade(2, 100)])).toEqual([
      'accepted',
      'triggered at 100',
      'filled 1 at 100 (taker)',
    ]);
    expect(toldOf(aStop('100', { side: 'BUY' }), [aTrade(1, 99), aTrade(2, 103)])).toEqual([
      'accepted',
      'triggered at 103',
      'filled 1 at 103 (taker)',
    ]);
  });

  it('is not triggered by a quote', () => {
    expect(toldOf(aStop('100'), [aTrade(1, 105), aQuote(2, ['90', '1'], ['91', '1'])])).toEqual(['accepted']);
  });

  it('stays a market order for what its trigger does not fill', () => {
    const steps = [aTrade(1, 100, { quantity: '0.3' }), aTrade(2, 104, { quantity: '5' })];
    expect(toldOf(aStop('100'), steps, BY_VOLUME)).toEqual([
      'accepted',
      'triggered at 100',
      'filled 0.3 at 100 (taker)',
      'filled 0.7 at 104 (taker)',
    ]);
  });

  it('takes from the quote behind its trigger where quotes are what it meets', () => {
    const steps = [aTrade(1, 99), aQuote(2, ['97', '5'], ['98', '5'])];
    expect(toldOf(aStop('100'), steps, { takes: 'quote' })).toEqual([
      'accepted',
      'triggered at 99',
      'filled 1 at 97 (taker)',
    ]);
  });

  it('is immediate from its trigger on', () => {
    const steps = [aTrade(1, 105), aTrade(2, 100, { quantity: '0.3' })];
    expect(toldOf(aStop('100', { timeInForce: 'IOC' }), steps, BY_VOLUME)).toEqual([
      'accepted',
      'triggered at 100',
      'filled 0.3 at 100 (taker)',
      'canceled: the rest could not be filled at once',
    ]);
  });

  it('over candles fills at its price within the range, at the open where the market opened beyond it', () => {
    expect(toldOf(aStop('100'), [aCandle(0, [105, 110, 95, 108])])).toEqual([
      'accepted',
      'triggered at 100',
      'filled 1 at 100 (taker)',
    ]);
    expect(toldOf(aStop('100'), [aCandle(0, [97, 110, 95, 108])])).toEqual([
      'accepted',
      'triggered at 97',
      'filled 1 at 97 (taker)',
    ]);
    expect(toldOf(aStop('100', { side: 'BUY' }), [aCandle(0, [97, 100, 95, 98])])).toContain(
      'filled 1 at 100 (taker)',
    );
    expect(toldOf(aStop('100'), [aCandle(0, [105, 110, 100.01, 108])])).toEqual(['accepted']);
  });

  it('that ends with its day within a candle is not triggered there', () => {
    const terms = aStop('100', { timeInForce: 'GTD', goodTillMs: 30_000 });
    expect(toldOf(terms, [aCandle(0, [105, 110, 95, 108]), aCandle(60_000, [90, 91, 89, 90])])).toEqual([
      'accepted',
      'expired: its time in force is over',
    ]);
  });
});

describe('a stop-limit', () => {
  it('takes at its trigger within its limit, and rests where that is passed', () => {
    expect(toldOf(aStopLimit('100', '98'), [aTrade(1, 105), aTrade(2, 99)])).toEqual([
      'accepted',
      'triggered at 99',
      'filled 1 at 99 (taker)',
    ]);
    expect(toldOf(aStopLimit('100', '98'), [aTrade(1, 105), aTrade(2, 97), aTrade(3, 98)])).toEqual([
      'accepted',
      'triggered at 97',
      'filled 1 at 98 (maker)',
    ]);
  });

  it('that may only post is canceled where its limit would take', () => {
    expect(toldOf(aStopLimit('100', '98', { postOnly: true }), [aTrade(1, 105), aTrade(2, 99)])).toEqual([
      'accepted',
      'triggered at 99',
      'canceled: it would take, and may only post',
    ]);
  });

  it('over candles is not reached again in the one that triggered it: what came later is not known', () => {
    const steps = [aCandle(0, [105, 110, 95, 108]), aCandle(60_000, [99, 103, 99, 100])];
    expect(toldOf(aStopLimit('100', '102'), steps)).toEqual([
      'accepted',
      'triggered at 100',
      'filled 1 at 102 (maker)',
    ]);
    expect(showAll(working(aStopLimit('100', '102')), steps.slice(0, 1), aPaperModel()).order).not.toBeNull();
    // The open is known to come first: what rests there can be reached by the range.
    expect(toldOf(aStopLimit('100', '102'), [aCandle(0, [99, 103, 98, 100])])).toEqual([
      'accepted',
      'triggered at 99',
      'filled 1 at 102 (maker)',
    ]);
  });
});

describe('a trailing stop', () => {
  it('follows the best price and never goes back', () => {
    const steps = [100, 110, 105.1, 107, 105].map((price, n) => aTrade(n + 1, price));
    expect(toldOf(aTrailingStop('amount', '5'), steps)).toEqual([
      'accepted',
      'triggered at 105',
      'filled 1 at 105 (taker)',
    ]);
    expect(toldOf(aTrailingStop('amount', '5'), steps.slice(0, 4))).toEqual(['accepted']);
  });

  it('follows by a fraction of the best price, down for a purchase', () => {
    const steps = [100, 80, 87.9].map((price, n) => aTrade(n + 1, price));
    const terms = aTrailingStop('fraction', '0.1', { side: 'BUY' });
    expect(toldOf(terms, steps)).toEqual(['accepted']);
    expect(toldOf(terms, [...steps, aTrade(4, 88)])).toContain('triggered at 88');
  });

  it('follows from its activation price on', () => {
    const terms = aTrailingStop('amount', '5', { activationPrice: decimal('110') });
    const before = [100, 109, 90].map((price, n) => aTrade(n + 1, price));
    expect(toldOf(terms, before)).toEqual(['accepted']);
    expect(toldOf(terms, [...before, aTrade(4, 110), aTrade(5, 105)])).toContain('triggered at 105');
  });

  it('over candles meets the stop as it stood before it follows the range', () => {
    // From the open of 100 it stands at 95, which the low does not reach; the high makes it 104, which the next opens below.
    const steps = [aCandle(0, [100, 109, 96, 105]), aCandle(60_000, [103, 103, 100, 101])];
    expect(toldOf(aTrailingStop('amount', '5'), steps)).toEqual([
      'accepted',
      'triggered at 103',
      'filled 1 at 103 (taker)',
    ]);
    expect(toldOf(aTrailingStop('amount', '5'), steps.slice(0, 1))).toEqual(['accepted']);
    expect(toldOf(aTrailingStop('amount', '5'), [aCandle(0, [100, 109, 95, 105])])).toContain(
      'triggered at 95',
    );
  });

  it('was passed on the way where the close is beyond the stop that the range made', () => {
    expect(toldOf(aTrailingStop('amount', '5'), [aCandle(0, [100, 109, 99, 103])])).toEqual([
      'accepted',
      'triggered at 104',
      'filled 1 at 104 (taker)',
    ]);
  });
});
