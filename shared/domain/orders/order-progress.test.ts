import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aFill, anOrder } from '../../../test/support/order.ts';
import { endedReport, filledReport } from '../../../test/support/report.ts';
import { decimal, formatDecimal, multiply } from '../decimal.ts';
import { askedOf, hear, type OrderProgress } from './order-progress.ts';
import type { OrderStatus } from './order.ts';
import type { WrittenReport } from './written-report.ts';

const order = anOrder(1);
const { clientOrderId, accountId, strategyId, instrumentId } = order;
const head = { clientOrderId, accountId, strategyId, instrumentId, timeMs: 5 };

/** A part of the order, priced at 100 unless it is said otherwise. */
function part(number: number, quantity: string, leavesQuantity: string, price = '100'): WrittenReport {
  const notional = formatDecimal(multiply(decimal(price), decimal(quantity)));
  return filledReport(aFill(1, { quantity, price, notional }), number, leavesQuantity);
}

function heard(progress: OrderProgress, ...reports: readonly WrittenReport[]) {
  let last;
  let now = progress;
  for (const report of reports) {
    const hearing = hear(now, report);
    if (hearing.kind === 'impossible') throw new Error(hearing.reason);
    now = { ...now, ...hearing.change };
    last = hearing;
  }
  return { ...last, order: now };
}

describe('an order that hears of its venue', () => {
  it('fills in parts: what it has filled, and the average, are those of its fills together', () => {
    const first = heard(order, part(1, '0.4', '0.6'));
    expect(first).toMatchObject({ end: null, isLate: false });
    expect(first.order).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filledQuantity: '0.4',
      averagePrice: '100',
      reports: 1,
    });
    // One fill says the notional itself.
    expect(first.order.filledNotional).toBeUndefined();
    const last = heard(first.order, part(2, '0.6', '0', '105'));
    expect(last).toMatchObject({
      end: { kind: 'filled', atMs: 1000 },
      isLate: false,
      fill: { quantity: '0.6' },
    });
    expect(last.order).toMatchObject({
      status: 'FILLED',
      filledQuantity: '1',
      averagePrice: '103',
      filledNotional: '103',
      reports: 2,
    });
    const third = heard(first.order, part(2, '0.1', '0.5', '200'), part(3, '0.5', '0', '100'));
    expect(third.order).toMatchObject({ filledQuantity: '1', averagePrice: '110', filledNotional: '110' });
  });

  it('keeps what it filled when the rest is taken back, and the reason', () => {
    const { order: after, end } = heard(
      order,
      part(1, '0.4', '0.6'),
      endedReport(order, 'canceled', { number: 2, reason: 'asked for' }),
    );
    expect(end).toEqual({ kind: 'failed', reason: 'asked for', atMs: 1 });
    expect(after).toMatchObject({ status: 'CANCELED', statusReason: 'asked for', filledQuantity: '0.4' });
  });

  it('books a fill that came after its end, which stays as it was told', () => {
    const ended = anOrder(1, { status: 'CANCELED', statusReason: 'asked for', reports: 1 });
    const late = heard(ended, part(2, '0.4', '0.6'));
    expect(late).toMatchObject({ end: null, isLate: true, fill: { quantity: '0.4' } });
    expect(late.order).toMatchObject({
      status: 'CANCELED',
      statusReason: 'asked for',
      filledQuantity: '0.4',
      reports: 2,
    });
  });

  it('is told by any answer that its venue has it: what it was UNKNOWN for is over', () => {
    const unknown = anOrder(1, { status: 'UNKNOWN', statusReason: 'no answer' });
    expect(heard(unknown, { ...head, number: 1, kind: 'accepted' }).order).toMatchObject({
      status: 'ACCEPTED',
      statusReason: null,
    });
    expect(heard(unknown, part(1, '1', '0')).order).toMatchObject({ status: 'FILLED', statusReason: null });
  });

  it('stays where it is by a trigger, and has the terms that its venue has', () => {
    const stop = anOrder(1, { status: 'ACCEPTED', reports: 1 });
    const triggered = heard(stop, { ...head, number: 2, kind: 'triggered', price: '99' });
    expect(triggered).toMatchObject({ end: null, fill: null });
    expect(triggered.order).toMatchObject({ status: 'ACCEPTED', reports: 2 });
    const terms = {
      side: 'BUY',
      type: 'LIMIT',
      quantity: '2',
      quoteQuantity: null,
      limitPrice: '98',
    } as const;
    const replaced: WrittenReport = { ...head, number: 3, kind: 'replaced', terms };
    expect(heard(triggered.order, replaced).order).toMatchObject({ limitPrice: '98', quantity: '2' });
    const over = anOrder(1, { status: 'CANCELED' });
    const tooLate = hear(over, replaced);
    expect(tooLate).toMatchObject({ kind: 'heard', change: { status: 'CANCELED', reports: 3 } });
    expect(tooLate).not.toHaveProperty('change.limitPrice');
  });

  it('counts no answer that has no place among its reports', () => {
    const answer = endedReport(order, 'cancel-rejected', { number: 0 });
    const before = anOrder(1, { status: 'ACCEPTED', reports: 3 });
    expect(heard(before, answer).order).toEqual({ ...before, statusReason: null });
    expect(heard(order, answer).order.reports).toBeUndefined();
  });

  it('never comes to more by an end that is followed by another', () => {
    const statuses: OrderStatus[] = ['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'DENIED'];
    const report = fc.oneof(
      fc.constant(endedReport(order, 'canceled', { number: 2 })),
      fc.constant(endedReport(order, 'expired', { number: 2 })),
      fc.constant(part(2, '0.5', '0.5')),
      fc.constant(part(2, '0.5', '0')),
      fc.constant<WrittenReport>({ ...head, number: 2, kind: 'accepted' }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...statuses), report, (status, one) => {
        const before = anOrder(1, { status, statusReason: 'told', filledQuantity: '0', reports: 1 });
        const hearing = hear(before, one);
        if (hearing.kind === 'impossible') return;
        expect(hearing.end).toBeNull();
        expect(hearing.change.status).toBe(status);
        expect(hearing.change.statusReason).toBe('told');
        expect(hearing.isLate).toBe(one.kind === 'filled');
      }),
    );
  });

  it('says which report no order comes to from where it is', () => {
    expect(hear(anOrder(1, { status: 'INITIALIZED' }), endedReport(order, 'canceled'))).toEqual({
      kind: 'impossible',
      reason: 'an order that is INITIALIZED cannot be canceled',
    });
  });
});

it('what was asked for is an order without what has become of it', () => {
  const after = anOrder(1, {
    status: 'FILLED',
    filledQuantity: '1',
    averagePrice: '1',
    filledNotional: '1',
    reports: 2,
  });
  expect(askedOf(after)).toEqual(askedOf(order));
  expect(Object.keys(askedOf(after))).toEqual(Object.keys(order).slice(0, -4));
});
