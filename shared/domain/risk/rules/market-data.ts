/** Whether the market data is good enough to begin something upon. */
import { instanceRule } from '../rule.ts';

export const maxDataAgeMs = instanceRule(
  {
    key: 'maxDataAgeMs',
    kind: 'count',
    // After an outage the candles of hours are made up for; what they advised to buy was meant for another market.
    default: 60_000,
    stricter: 'less',
    binds: 'entries',
    passes: true,
    description: 'Most milliseconds between the close of a candle and the decision upon it.',
  },
  (_, { market: { ageMs } }, limit) =>
    ageMs > limit
      ? `the candle closed ${ageMs} ms before it was heard of, over the limit of ${limit} ms`
      : null,
);

export const deniedFlags = instanceRule(
  {
    key: 'deniedFlags',
    kind: 'flags',
    default: null,
    stricter: 'more',
    binds: 'entries',
    passes: true,
    description: 'Quality flags on whose market data nothing is begun.',
  },
  (_, { market: { flags } }, limit) => {
    const denied = flags.filter((flag) => limit.includes(flag));
    return denied.length === 0 ? null : `its candle is flagged ${denied.join(', ')}, which the limits deny`;
  },
);

export const restrictedInstruments = instanceRule(
  {
    key: 'restrictedInstruments',
    kind: 'instruments',
    default: null,
    stricter: 'more',
    binds: 'entries',
    description: 'Instruments in which nothing is begun.',
  },
  ({ instrumentId }, _, limit) =>
    limit.includes(instrumentId) ? `${instrumentId} is on the restricted list of ${limit.length}` : null,
);
