import { describe, expect, it } from '@jest/globals';
import { ORDER_REPORT } from './order-report-versions.ts';
import { recordKinds } from './stored-records.ts';

const kind = recordKinds.get('orders ORDER REPORT')!;
const detail = { clientOrderId: 'an order', strategyId: 'an instance', reason: 'no trade', timeMs: 61_000 };

describe('the end of an order that was kept as an event', () => {
  it.each([
    ['OrderRejectedV1', 'rejected'],
    ['OrderExpiredV1', 'expired'],
  ])('of %s is the report %s, the first of its order', (detailType, end) => {
    for (const v of [undefined, 1])
      expect(kind.record({ detailType, detail, v }, 'here')).toEqual({ ...detail, number: 1, kind: end });
  });

  it('is of a version that is read, and no more written', () => {
    expect(ORDER_REPORT.writes).toBe(2);
  });
});
