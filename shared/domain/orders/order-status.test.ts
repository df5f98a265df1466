import { describe, expect, it } from '@jest/globals';
import { isEndState, mayFollow } from './order-status.ts';
import { ORDER_STATUSES } from './order.ts';

describe('the status of an order', () => {
  it('never leaves an end state', () => {
    const ends = ORDER_STATUSES.filter(isEndState);
    expect(ends).toEqual(['DENIED', 'REJECTED', 'FILLED', 'CANCELED', 'EXPIRED']);
    for (const end of ends) for (const status of ORDER_STATUSES) expect(mayFollow(end, status)).toBe(false);
  });

  it('reaches the venue only through SUBMITTED', () => {
    expect(ORDER_STATUSES.filter((status) => mayFollow('INITIALIZED', status))).toEqual([
      'DENIED',
      'SUBMITTED',
    ]);
  });

  it('can be asked for again after UNKNOWN, and denied never', () => {
    expect(mayFollow('SUBMITTED', 'UNKNOWN')).toBe(true);
    expect(mayFollow('UNKNOWN', 'FILLED')).toBe(true);
    expect(mayFollow('UNKNOWN', 'DENIED')).toBe(false);
  });
});
