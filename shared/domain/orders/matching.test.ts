import { describe, expect, it } from '@jest/globals';
import {
  aCandle,
  aMarket,
  aPaperModel,
  aQuote,
  aTrade,
  BY_VOLUME,
  working,
} from '../../../test/support/market-steps.ts';
import { showAll, told } from '../../../test/support/shown-steps.ts';
import { decimal } from '../decimal.ts';
import { qualityOf } from '../market-data/quality-flags.ts';
import { match } from './matching.ts';
import { fillOf, reportIdOf, type FilledReport } from './report.ts';
import type { Market } from './terms.ts';

const byAmount = (amount: string, fields: Partial<Market> = {}): Market => ({
  ...aMarket(),
  ...fields,
  quantity: null,
  quoteQuantity: decimal(amount),
});

const plain = aPaperModel();

describe('a market order', () => {
  it('meets nothing before its effective time, and the first trade at it', () => {
    const order = working(aMarket(), 1000);
    expect(match(order, aTrade(999, 100), plain)).toEqual({ order, reports: [] });
    const { order: left, reports } = match(order, aTrade(1000, 100), plain);
    expect(left).toBeNull();
    expect(told(reports)).toEqual(['filled 1 at 100 (taker)']);
  });

  it('meets the open of the first candle that begins at its effective time or behind it', () => {
    const candles = [aCandle(0, [90, 99, 80, 95]), aCandle(60_000, [100, 110, 90, 105])];
    const { reports } = showAll(working(aMarket(), 1), candles, plain);
    expect(told(reports)).toEqual(['filled 1 at 100 (taker)']);
    expect(reports[0]).toMatchObject({ timeMs: 60_000, tradeId: '' });
  });

  it('meets the other side of the next quote where the model says so, and no trade', () => {
    const paper = aPaperModel({ takes: 'quote', volumeCap: decimal('1') });
    const steps = [
      aTrade(1, 100),
      aQuote(2, ['99', '5'], ['101', '0.4']),
      aQuote(3, ['99', '5'], ['102', '7']),
    ];
    const { order, reports } = showAll(working(aMarket()), steps, paper);
    expect(order).toBeNull();
    expect(told(reports)).toEqual(['filled 0.4 at 101 (taker)', 'filled 0.6 at 102 (taker)']);
    const sale = showAll(working(aMarket({ side: 'SELL' })), steps, paper);
    expect(told(sale.reports)).toEqual(['filled 1 at 99 (taker)']);
  });

  it('is accepted when time passes and nothing trades, and stays until its print', () => {
    const { reports } = showAll(
      working(aMarket(), 1000),
      [999, 1000, 2000].map((timeMs) => ({ kind: 'watermark', timeMs }) as const),
      plain,
    );
    expect(told(reports)).toEqual(['accepted']);
    expect(reports[0]!.timeMs).toBe(1000);
  });

  it('fills by parts where volume is bounded, and tells what is left', () => {
    const steps = [aTrade(1, 100, { quantity: '0.4' }), aTrade(2, 101, { quantity: '0.2' }), aTrade(3, 102)];
    const { order, reports } = showAll(working(aMarket()), steps, aPaperModel(BY_VOLUME));
    expect(order).toBeNull();
    expect(reports).toMatchObject([
      { number: 1, fillNumber: 0, leavesQuantity: decimal('0.6') },
      { number: 2, fillNumber: 1, leavesQuantity: decimal('0.4') },
      { number: 3, fillNumber: 2, leavesQuantity: 0n },
    ]);
  });

  it('has no more than its part of what was traded', () => {
    const paper = aPaperModel({ volumeCap: decimal('0.1') });
    const { reports } = match(working(aMarket({ quantity: '9' })), aTrade(1, 100, { quantity: '50' }), paper);
    expect(told(reports)).toEqual(['filled 5 at 100 (taker)']);
  });

  it('by amount spends no more than the amount over all its parts', () => {
    const paper = aPaperModel(BY_VOLUME, { takerFee: decimal('0.001') });
    const steps = [aTrade(1, 100, { quantity: '0.3' }), aTrade(2, 150, { quantity: '0.3' }), aTrade(3, 90)];
    const { order, reports } = showAll(working(byAmount('100')), steps, paper);
    expect(order).toBeNull();
    const spent = reports.reduce((sum, report) => sum - (report as FilledReport).cashChange, 0n);
    expect(spent).toBeLessThanOrEqual(decimal('100'));
    expect(decimal('100') - spent).toBeLessThan(decimal('0.000000001'));
  });

  it('is rejected when its amount buys nothing, and canceled when only its rest does not', () => {
    expect(told(match(working(byAmount('0.000000000001')), aTrade(1, 60_000), plain).reports)).toEqual([
      'rejected: amount is too small for any quantity',
    ]);
    const paper = aPaperModel(BY_VOLUME);
    const steps = [aTrade(1, 100, { quantity: '0.999999999999' }), aTrade(2, 1_000_000_000_000)];
    expect(told(showAll(working(byAmount('100')), steps, paper).reports)).toEqual([
      'filled 0.999999999999 at 100 (taker)',
      'canceled: amount is too small for any quantity',
    ]);
  });

  it('is filled at once or canceled, in part or whole, by its time in force', () => {
    const steps = [aTrade(1, 100, { quantity: '0.4' }), aTrade(2, 100)];
    const paper = aPaperModel(BY_VOLUME);
    expect(told(showAll(working(aMarket({ timeInForce: 'IOC' })), steps, paper).reports)).toEqual([
      'filled 0.4 at 100 (taker)',
      'canceled: the rest could not be filled at once',
    ]);
    expect(told(showAll(working(aMarket({ timeInForce: 'FOK' })), steps, paper).reports)).toEqual([
      'canceled: not all of it could be filled at once',
    ]);
    const small = working(aMarket({ timeInForce: 'FOK', quantity: '0.4' }));
    expect(told(showAll(small, steps, paper).reports)).toEqual(['filled 0.4 at 100 (taker)']);
  });

  it('pays slippage by its part of the volume, the whole impact where it would be all of it', () => {
    const slippage = { kind: 'volume-share', impact: decimal('0.1') } as const;
    const priceOf = (quantity: string, side: 'BUY' | 'SELL' = 'BUY'): string[] =>
      told(
        match(
          working(aMarket({ quantity, side })),
          aTrade(1, 100, { quantity: '10' }),
          aPaperModel({}, { slippage }),
        ).reports,
      );
    expect(priceOf('1')).toEqual(['filled 1 at 100.1 (taker)']);
    expect(priceOf('5', 'SELL')).toEqual(['filled 5 at 97.5 (taker)']);
    expect(priceOf('20')).toEqual(['filled 20 at 110 (taker)']);
  });

  it('tells the flags of the order and of what it met', () => {
    const order = { ...working(aMarket()), quality: qualityOf('gap') };
    const { reports } = match(order, aTrade(1, 100, { quality: qualityOf('spike') }), plain);
    expect(fillOf(order, reports[0] as FilledReport)).toMatchObject({ flags: ['gap', 'spike'] });
  });

  it('has reports whose ids are made of the order and their number', () => {
    const head = { clientOrderId: 'a', number: 1, timeMs: 5 };
    expect(reportIdOf(head)).toBe(reportIdOf({ ...head, timeMs: 6 }));
    expect(reportIdOf(head)).not.toBe(reportIdOf({ ...head, number: 2 }));
    expect(reportIdOf(head)).not.toBe(reportIdOf({ ...head, clientOrderId: 'b' }));
  });
});
