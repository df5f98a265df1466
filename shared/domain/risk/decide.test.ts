import { describe, expect, it } from '@jest/globals';
import { decimal } from '../decimal.ts';
import type { Signal } from '../orders/order.ts';
import { openBook, type Book } from '../portfolio/book.ts';
import { strategyInstance } from '../strategies/instance.ts';
import type { StrategyInstance } from '../strategies/strategy.ts';
import { clientOrderIdOf, decide, ORDER_LIFETIME_MS, type RiskView } from './decide.ts';
import { NOTHING_REMEMBERED } from './memory.ts';
import { DEFAULT_LIMITS, NO_LIMITS } from './rules.ts';

function instanceWith(over: Partial<StrategyInstance> = {}): StrategyInstance {
  const instance = strategyInstance({
    accountId: 'paper',
    name: 'ma-crossover',
    params: { fastPeriod: 5, slowPeriod: 20 },
    instrumentId: 'binance:BTC-USDT',
    interval: '1s',
    capital: '1000',
    feeRate: '0.001',
    slippage: '0',
    latencyMs: 0,
  });
  if ('error' in instance) throw new Error(instance.error);
  return { ...instance, ...over };
}

const signal = (side: Signal['side']): Signal => ({
  signalId: 'signal',
  accountId: 'paper',
  strategyId: instanceWith().strategyId,
  instrumentId: 'binance:BTC-USDT',
  interval: '1s',
  candleOpenTimeMs: 9_000,
  candleCloseTimeMs: 10_000,
  side,
  referencePrice: '100',
  reason: 'test',
});

const flat: Book = openBook('paper', 'strategy', 'binance:BTC-USDT', decimal('1000'));
const long: Book = {
  ...flat,
  cash: 0n,
  quantity: decimal('10'),
  cost: decimal('1000'),
  entry: { timeMs: 0, price: decimal('100') },
};

const view = (over: Partial<RiskView> = {}): RiskView => ({
  book: flat,
  limits: NO_LIMITS,
  killSwitchEngaged: false,
  states: [],
  memory: NOTHING_REMEMBERED,
  exits: [],
  account: null,
  inFlight: null,
  dayOpenEquity: decimal('1000'),
  ...over,
});

const decideOn = (side: Signal['side'], over: Partial<RiskView>, instance = instanceWith(), nowMs = 0) =>
  decide(signal(side), instance, view(over), nowMs);

describe('a signal', () => {
  it('to buy becomes an order for all the cash, effective at the close of its candle', () => {
    expect(decideOn('BUY', {})).toMatchObject({
      kind: 'approved',
      order: {
        quoteQuantity: '1000',
        quantity: null,
        effectiveTimeMs: 10_000,
        expiresAtMs: 10_000 + ORDER_LIFETIME_MS,
      },
    });
  });

  it('to sell becomes an order for the whole position', () => {
    expect(decideOn('SELL', { book: long })).toMatchObject({
      kind: 'approved',
      order: { quantity: '10', quoteQuantity: null },
    });
  });

  it('asks for nothing when the position is already so', () => {
    expect(decideOn('SELL', {})).toEqual({ kind: 'nothing-to-do' });
    expect(decideOn('BUY', { book: long })).toEqual({ kind: 'nothing-to-do' });
  });

  it('waits while an order is in flight that is about to change the position', () => {
    expect(decideOn('SELL', { inFlight: 'BUY' })).toEqual({ kind: 'waits' });
    expect(decideOn('BUY', { book: long, inFlight: 'SELL' })).toEqual({ kind: 'waits' });
  });

  it('waits for an order whose fill is booked and that is not known to have ended', () => {
    expect(decideOn('SELL', { book: long, inFlight: 'BUY' })).toEqual({ kind: 'waits' });
    expect(decideOn('BUY', { inFlight: 'SELL' })).toEqual({ kind: 'waits' });
  });

  it('needs no order while one is in flight that makes the position so', () => {
    expect(decideOn('BUY', { inFlight: 'BUY' })).toEqual({ kind: 'works' });
    expect(decideOn('BUY', { book: long, inFlight: 'BUY' })).toEqual({ kind: 'works' });
    expect(decideOn('SELL', { book: long, inFlight: 'SELL' })).toEqual({ kind: 'works' });
  });

  it('that waited acts from the second behind the fill that it waited for', () => {
    const resumed = (resumedAtMs: number) =>
      decide(signal('SELL'), instanceWith(), view({ book: long }), 0, resumedAtMs);
    expect(resumed(12_345)).toMatchObject({ order: { effectiveTimeMs: 13_000 } });
    expect(resumed(9_999)).toMatchObject({ order: { effectiveTimeMs: 10_000 } });
  });

  it('gives the same order id however often it is decided, and another for another candle', () => {
    const again = { ...signal('BUY'), candleOpenTimeMs: 8_000 };
    const ids = [signal('BUY'), signal('BUY'), again].map((one) => {
      const decision = decide(one, instanceWith(), view(), 0);
      return decision.kind === 'approved' ? decision.order.clientOrderId : decision.kind;
    });
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(ids[0]).not.toBe(clientOrderIdOf(signal('BUY'), 1));
  });

  it('is effective no sooner than it is decided when latency is the observed one', () => {
    const observed = instanceWith({ latencyMs: null });
    expect(decideOn('BUY', {}, observed, 12_345)).toMatchObject({ order: { effectiveTimeMs: 12_345 } });
    expect(decideOn('BUY', {}, observed, 9_999)).toMatchObject({ order: { effectiveTimeMs: 10_000 } });
  });
});

describe('an order is denied', () => {
  it.each([
    ['the kill switch is engaged', { killSwitchEngaged: true }],
    ['the kill switch cannot be read', { killSwitchEngaged: null }],
    ['the risk limits cannot be read', { limits: null }],
    ['no cash is left', { book: { ...flat, cash: 0n } }],
    [
      'maxPositionNotional: position of 1000 is over the limit of 999.99',
      { limits: { ...NO_LIMITS, maxPositionNotional: '999.99' } },
    ],
    [
      `maxDailyLossRatio: the day's loss of 10.0072 % has reached the limit of 10 %`,
      { limits: { ...NO_LIMITS, maxDailyLossRatio: 0.1 }, dayOpenEquity: decimal('1111.2') },
    ],
    [
      `maxDailyLossRatio: the day's loss of 10.0072 % has reached the limit of 7 %`,
      { limits: { ...NO_LIMITS, maxDailyLossRatio: 0.07 }, dayOpenEquity: decimal('1111.2') },
    ],
  ])('because %s', (reason, over) => {
    expect(decideOn('BUY', over)).toMatchObject({ kind: 'denied', reason });
  });

  it('by the kill switch also when it sells', () => {
    expect(decideOn('SELL', { book: long, killSwitchEngaged: true })).toMatchObject({ kind: 'denied' });
  });

  it('when it buys upon a candle of long ago, as after an outage; a sale of the position is made all the same', () => {
    const observed = instanceWith({ latencyMs: null });
    const nowMs = 10_001 + ORDER_LIFETIME_MS;
    const limits = DEFAULT_LIMITS;
    expect(decideOn('BUY', { limits }, observed, nowMs - 1)).toMatchObject({ kind: 'approved' });
    expect(decideOn('BUY', { limits }, observed, nowMs)).toMatchObject({
      kind: 'denied',
      reason: 'maxDataAgeMs: the candle closed 60001 ms before it was heard of, over the limit of 60000 ms',
    });
    expect(decideOn('SELL', { limits, book: long }, observed, nowMs)).toMatchObject({ kind: 'approved' });
    expect(decideOn('BUY', { limits }, instanceWith(), nowMs)).toMatchObject({ kind: 'approved' });
  });

  it('by no limit when it sells: a limit must not keep us in a position', () => {
    const limits = { ...NO_LIMITS, maxPositionNotional: '1', maxDailyLossRatio: 0 };
    expect(decideOn('SELL', { book: long, limits, dayOpenEquity: decimal('9999') })).toMatchObject({
      kind: 'approved',
    });
  });

  it('by the daily loss only once it is reached', () => {
    const limits = { ...NO_LIMITS, maxDailyLossRatio: 0.1 };
    expect(decideOn('BUY', { limits, dayOpenEquity: decimal('1111') })).toMatchObject({ kind: 'approved' });
  });
});
