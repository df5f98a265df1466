import { describe, expect, it } from '@jest/globals';
import type { Signal } from '../orders/order.ts';
import type { Denial } from '../risk/check-order.ts';
import type { Decision } from '../risk/decide.ts';
import {
  hasLapsed,
  isDue,
  isHeld,
  isKnownDenial,
  MAX_ENTRY_FAILURES,
  signalAgain,
  targetAfter,
  targetAfterEnd,
  targetOf,
  type Target,
} from './target.ts';

const signal = (side: Signal['side'], over: Partial<Signal> = {}): Signal => ({
  ...{ signalId: `to ${side}`, accountId: 'paper', strategyId: 'strategy', instrumentId: 'binance:BTC-USDT' },
  ...{ interval: '1m', candleOpenTimeMs: 60_000, candleCloseTimeMs: 120_000, referencePrice: '100' },
  ...{ side, reason: 'test' },
  ...over,
});

const approved = { kind: 'approved' } as Decision;
const denied = (denial: Partial<Denial>): Decision =>
  ({
    kind: 'denied',
    denial: { by: 'rule', rule: null, reason: 'no', passes: false, ...denial },
  }) as Decision;
const stopped: Decision = denied({ by: 'state', reason: 'the kill switch is engaged', passes: true });

const after = (decision: Decision, side: Signal['side'] = 'SELL', before: Target | null = null) =>
  targetAfter(decision, signal(side), before);
const atWork = (side: Signal['side']) => after(approved, side)!;
const failed = (target: Target | null, atMs: number) =>
  targetAfterEnd(target, target!.signal.side, { kind: 'failed', reason: 'rejected', atMs });

describe('a target', () => {
  it('remains until the position is so: while an order works towards it nobody else does', () => {
    expect(after({ kind: 'nothing-to-do' })).toBeNull();
    expect(after({ kind: 'waits' })).toBeNull();
    expect(after(approved)).toMatchObject({ orders: 1, failures: 0, heldBy: null });
    expect(after({ kind: 'works' })).toMatchObject({ orders: 0, heldBy: null });
    expect(isHeld(after(approved))).toBe(false);
    expect(isDue(after(approved), 1e12)).toBe(false);
  });

  it('is held by what denied it, and due at the next candle and not at its own', () => {
    const target = after(stopped, 'BUY')!;
    expect(target).toMatchObject({ orders: 1, heldBy: 'the kill switch is engaged' });
    expect([120_000, 120_001, 180_000].map((atMs) => isDue(target, atMs))).toEqual([false, true, true]);
  });

  it('is no more when a limit denies to begin something, and is kept when it denies to end it', () => {
    const limit = denied({ rule: 'maxOrderNotional', reason: 'maxOrderNotional: 5 is over 4' });
    expect(after(limit, 'BUY')).toBeNull();
    expect(after(limit, 'SELL')).toMatchObject({ heldBy: 'maxOrderNotional' });
  });

  it('leaves one record a reason, whatever figures are told', () => {
    const aged = (ms: number) => denied({ rule: 'maxDataAgeMs', reason: `${ms} ms`, passes: true });
    const denialOf = (decision: Decision) => (decision as Decision & { denial: Denial }).denial;
    const first = after(aged(1), 'BUY');
    expect(isKnownDenial(denialOf(aged(1)), null)).toBe(false);
    expect(isKnownDenial(denialOf(aged(2)), first)).toBe(true);
    const second = after(aged(2), 'BUY', first);
    expect(second).toEqual(first);
    expect(after(stopped, 'BUY', second)).toMatchObject({ orders: 2 });
  });

  it('is tried again at once when its order fails, then in pauses that double to an hour', () => {
    let target: Target | null = atWork('SELL');
    const pauses: number[] = [];
    for (let n = 0; n < 12; n++) {
      target = failed(target, 1_000_000);
      pauses.push((target!.notBeforeMs - 1_000_000) / 60_000);
      target = after(approved, 'SELL', target);
    }
    expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    expect(target).toMatchObject({ failures: 12, orders: 13 });
  });

  it('to begin something is given up after eight orders that failed', () => {
    let target: Target | null = atWork('BUY');
    let failures = 0;
    while (target !== null) {
      target = failed(target, 1_000_000);
      failures++;
    }
    expect(failures).toBe(MAX_ENTRY_FAILURES);
    expect(MAX_ENTRY_FAILURES).toBe(8);
  });

  it('counts no failure when its order was stopped on its way', () => {
    const target = targetAfterEnd(atWork('BUY'), 'BUY', { kind: 'stopped', reason: 'HALTED' });
    expect(target).toMatchObject({ failures: 0, heldBy: 'HALTED' });
    expect(isDue(target, 180_000)).toBe(true);
  });

  it('is not touched by the end of an order of the other side', () => {
    const target = after({ kind: 'works' }, 'SELL');
    expect(targetAfterEnd(target, 'BUY', { kind: 'failed', reason: 'rejected', atMs: 1 })).toBe(target);
    expect(targetAfterEnd(null, 'BUY', { kind: 'failed', reason: 'rejected', atMs: 1 })).toBeNull();
  });

  it.each([
    ['1m', 300_000],
    ['1s', 60_000],
    ['1h', 5 * 3_600_000],
  ] as const)('of %s to begin something lapses after %d ms, to end it never', (interval, lifeMs) => {
    const lapse = (side: Signal['side'], atMs: number) =>
      hasLapsed(targetAfter(stopped, signal(side, { interval }), null)!, atMs);
    expect(lapse('BUY', 120_000 + lifeMs)).toBe(false);
    expect(lapse('BUY', 120_001 + lifeMs)).toBe(true);
    expect(lapse('SELL', 1e12)).toBe(false);
  });

  it('is decided upon again by the time, the price and the flags of the later candle', () => {
    const target = targetAfter(stopped, signal('SELL', { flags: ['spike'] }), null)!;
    expect(signalAgain(target, { openTimeMs: 180_000, close: '90', flags: ['gap'] })).toEqual({
      ...signal('SELL'),
      candleCloseTimeMs: 240_000,
      referencePrice: '90',
      flags: expect.arrayContaining(['gap', 'spike']),
    });
    expect(targetOf(signal('SELL', { referencePrice: '90' }), target)).toBe(target);
    expect(targetOf(signal('BUY'), target)).toBeNull();
    expect(targetOf(signal('BUY'), null)).toBeNull();
  });
});
