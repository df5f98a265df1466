import { describe, expect, it } from '@jest/globals';
import { isEndState, mayFollow, ORDER_EVENTS, transition, type OrderEvent } from './order-status.ts';
import { ORDER_STATUSES, type OrderStatus } from './order.ts';

/** `.`: known already; `!`: impossible; `late`: a fill of what has ended. In the order of ORDER_EVENTS, of an order that has not filled. */
const TABLE: Readonly<Record<OrderStatus, string>> = {
  // denied submitted unanswered accepted rejected part filled cancel? no! replace? replaced no! canceled expired
  INITIALIZED: 'DENIED SUBMITTED ! ! ! ! ! ! ! ! ! ! ! !',
  DENIED: '. . . . . ! ! . . . . . . .',
  SUBMITTED: '! . UNKNOWN ACCEPTED REJECTED PARTIALLY_FILLED FILLED ! . ! . . CANCELED EXPIRED',
  UNKNOWN: '! SUBMITTED . ACCEPTED REJECTED PARTIALLY_FILLED FILLED ! . ! . . CANCELED EXPIRED',
  ACCEPTED: '! . . . ! PARTIALLY_FILLED FILLED PENDING_CANCEL . PENDING_REPLACE . . CANCELED EXPIRED',
  REJECTED: '. . . . . late late . . . . . . .',
  PARTIALLY_FILLED: '! . . . ! PARTIALLY_FILLED FILLED PENDING_CANCEL . PENDING_REPLACE . . CANCELED EXPIRED',
  FILLED: '. . . . . late . . . . . . . .',
  PENDING_CANCEL: '! . . . ! PARTIALLY_FILLED FILLED . ACCEPTED ! . . CANCELED EXPIRED',
  PENDING_REPLACE: '! . . . ! PARTIALLY_FILLED FILLED ! . . ACCEPTED ACCEPTED CANCELED EXPIRED',
  CANCELED: '. . . . . late late . . . . . . .',
  EXPIRED: '. . . . . late late . . . . . . .',
};

const cases = ORDER_STATUSES.flatMap((status) =>
  TABLE[status].split(' ').map((expected, n) => ({ status, event: ORDER_EVENTS[n]!, expected })),
);

function shown(status: OrderStatus, event: OrderEvent, hasFilled = false): string {
  const after = transition(status, event, hasFilled);
  if (after.kind === 'moved') return after.status;
  return { known: '.', impossible: '!', 'late-fill': 'late' }[after.kind];
}

describe('what becomes of an order', () => {
  it('is said of each status and each event', () => {
    expect(cases).toHaveLength(ORDER_STATUSES.length * ORDER_EVENTS.length);
  });

  it.each(cases)('$status, $event → $expected', ({ status, event, expected }) => {
    expect(shown(status, event)).toBe(expected);
  });

  it('goes back to what it was where a request is refused, and does not depend on fills else', () => {
    for (const { status, event, expected } of cases) {
      const isAnswer = status.startsWith('PENDING_') && expected === 'ACCEPTED';
      expect(shown(status, event, true)).toBe(isAnswer ? 'PARTIALLY_FILLED' : expected);
    }
  });

  it('is nothing that may not follow, and whatever may follow has an event', () => {
    const reached = new Set<string>();
    for (const { status, event } of cases)
      for (const hasFilled of [false, true]) {
        const after = transition(status, event, hasFilled);
        if (after.kind !== 'moved') continue;
        expect([status, after.status, mayFollow(status, after.status)]).toEqual([status, after.status, true]);
        reached.add(`${status} ${after.status}`);
      }
    const allowed = ORDER_STATUSES.flatMap((from) =>
      ORDER_STATUSES.filter((to) => mayFollow(from, to)).map((to) => `${from} ${to}`),
    );
    expect([...reached].sort()).toEqual(allowed.sort());
    for (const status of ORDER_STATUSES.filter(isEndState))
      expect([...reached].some((pair) => pair.startsWith(`${status} `))).toBe(false);
  });
});

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
