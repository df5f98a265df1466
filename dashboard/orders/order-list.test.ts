import { describe, expect, it } from '@jest/globals';
import { orderAt } from '../../test/support/page-records.ts';
import { mergeOrders, statusWord, toneOf } from './order-list.ts';

describe('the list of orders', () => {
  it('shows the newest first', () => {
    const [old, young] = [orderAt(1000), orderAt(2000)];
    expect(mergeOrders([old], [young])).toEqual([young, old]);
  });

  it('takes the progress of an order, and nothing that was overtaken on the way', () => {
    const order = orderAt(1000);
    const submitted = { ...order, status: 'SUBMITTED' as const };
    const filled = { ...order, status: 'FILLED' as const, filledQuantity: '1', averagePrice: '100' };
    expect(mergeOrders([order], [submitted, filled])).toEqual([filled]);
    expect(mergeOrders([order], [filled, submitted])).toEqual([filled]);
  });

  it('takes the newer word where an order stands still', () => {
    const first = { ...orderAt(1000), status: 'PARTIALLY_FILLED' as const, filledQuantity: '1' };
    const second = { ...first, filledQuantity: '2' };
    expect(mergeOrders([first], [second])).toEqual([second]);
  });

  it('keeps orders of one instant in a steady order', () => {
    const [a, b] = [orderAt(1000, { clientOrderId: 'a' }), orderAt(1000, { clientOrderId: 'b' })];
    expect(mergeOrders([b], [a])).toEqual(mergeOrders([a], [b]));
  });

  it('says a status in words, and how good it is', () => {
    expect(statusWord('PARTIALLY_FILLED')).toBe('Partially filled');
    expect([toneOf('DENIED'), toneOf('FILLED'), toneOf('UNKNOWN'), toneOf('SUBMITTED')]).toEqual([
      'bad',
      'good',
      'bad',
      'under-way',
    ]);
  });
});
