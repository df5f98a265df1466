/** What may be lost before nothing more is begun. */
import { toNumber, type Decimal } from '../../decimal.ts';
import { accountEquityRule, instanceRule } from '../rule.ts';
import { percentOf } from './percent.ts';

const LOSS = { kind: 'ratio', stricter: 'less', binds: 'entries' } as const;

/** A limit is reached when the loss is as large as it is. */
function lossOf(what: string, now: Decimal, from: Decimal, limit: number): string | null {
  if (from <= 0n) return null;
  const ratio = toNumber(from - now) / toNumber(from);
  return ratio >= limit
    ? `${what} of ${percentOf(ratio)} has reached the limit of ${percentOf(limit)}`
    : null;
}

export const maxDailyLossRatio = instanceRule(
  {
    ...LOSS,
    key: 'maxDailyLossRatio',
    default: 0.2,
    description:
      'Loss of a strategy since its first decision of the UTC day, as a fraction of its equity then, from which on it begins nothing more.',
  },
  (_, { equity }, limit) => lossOf("the day's loss", equity.now, equity.dayOpen, limit),
);

export const maxDrawdownRatio = instanceRule(
  {
    ...LOSS,
    key: 'maxDrawdownRatio',
    default: null,
    description: 'Fall of a strategy below the most that it was worth, from which on it begins nothing more.',
  },
  (_, { equity }, limit) => lossOf('the drawdown', equity.now, equity.peak, limit),
);

export const maxAccountDailyLossRatio = accountEquityRule(
  {
    ...LOSS,
    key: 'maxAccountDailyLossRatio',
    default: null,
    description: 'The same as the daily loss, of the account as a whole.',
  },
  (_, { equity }, limit) => lossOf("the account's loss of the day", equity.now, equity.dayOpen, limit),
);

export const maxAccountDrawdownRatio = accountEquityRule(
  {
    ...LOSS,
    key: 'maxAccountDrawdownRatio',
    default: null,
    description: 'The same as the drawdown, of the account as a whole.',
  },
  (_, { equity }, limit) => lossOf("the account's drawdown", equity.now, equity.peak, limit),
);
