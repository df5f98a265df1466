import { decimalFromNumber, formatDecimal, toNumber } from '../../decimal.ts';
import { riskRule } from '../rule.ts';

export const maxDailyLossRatio = riskRule({
  key: 'maxDailyLossRatio',
  kind: 'ratio',
  default: 0.2,
  description:
    'Loss of a strategy since its first decision of the UTC day, as a fraction of its equity then, from which on it buys nothing.',
  binds: 'entries',
  check: (_, { equity: { now, dayOpen } }, limit) => {
    if (dayOpen <= 0n) return null;
    const lossRatio = toNumber(dayOpen - now) / toNumber(dayOpen);
    return lossRatio >= limit ? `the day's loss has reached the limit of ${percentOf(limit)}` : null;
  },
});

function percentOf(ratio: number): string {
  return `${formatDecimal(decimalFromNumber(ratio * 100))} %`;
}
