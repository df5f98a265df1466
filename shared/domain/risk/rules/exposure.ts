import { decimal, formatDecimal } from '../../decimal.ts';
import { riskRule } from '../rule.ts';

export const maxPositionNotional = riskRule({
  key: 'maxPositionNotional',
  kind: 'decimal',
  default: null,
  description: 'Most cash that one position of a strategy may cost.',
  binds: 'entries',
  check: (order, { position }, limit) => {
    const cost = (order.side === 'BUY' ? position.long : position.short) + order.notional;
    return cost > decimal(limit) ? `position of ${formatDecimal(cost)} is over the limit of ${limit}` : null;
  },
});
