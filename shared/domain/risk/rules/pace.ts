/** How fast orders may come. What makes a position smaller is counted, and never held back. */
import { accountRule, instanceRule } from '../rule.ts';

const PACE = { kind: 'count', stricter: 'less', binds: 'entries' } as const;

function tooMany(whose: string, given: number, limit: number): string | null {
  return given >= limit
    ? `${given} orders of ${whose} within a minute have reached the limit of ${limit}`
    : null;
}

export const maxOrdersPerMinute = instanceRule(
  {
    ...PACE,
    key: 'maxOrdersPerMinute',
    // Twice what a strategy on the shortest candles can give.
    default: 120,
    description: 'Most orders of a strategy within a minute.',
  },
  (_, { ordersInMinute }, limit) => tooMany('the strategy', ordersInMinute, limit),
);

export const maxAccountOrdersPerMinute = accountRule(
  {
    ...PACE,
    key: 'maxAccountOrdersPerMinute',
    default: null,
    description: 'Most orders of the account within a minute.',
  },
  (_, { ordersInMinute }, limit) => tooMany('the account', ordersInMinute, limit),
);

export const duplicateWindowMs = instanceRule(
  {
    key: 'duplicateWindowMs',
    kind: 'count',
    default: 500,
    stricter: 'more',
    binds: 'entries',
    passes: true,
    description:
      'Milliseconds within which a second order of the same strategy, instrument, side and size is taken for a repeated one.',
  },
  (_, { likeOrderAtMs, nowMs }, limit) => {
    if (likeOrderAtMs === null || nowMs - likeOrderAtMs >= limit) return null;
    return `the same order was given ${nowMs - likeOrderAtMs} ms before, within the limit of ${limit} ms`;
  },
);
