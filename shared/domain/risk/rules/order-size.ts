/** Fat fingers: orders that are too large, or priced where nobody would mean to. */
import { decimal, divide, formatDecimal, toNumber } from '../../decimal.ts';
import { instanceRule } from '../rule.ts';
import { percentOf } from './percent.ts';

const SIZE = { kind: 'decimal', default: null, stricter: 'less', binds: 'entries' } as const;

export const maxOrderNotional = instanceRule(
  { ...SIZE, key: 'maxOrderNotional', description: 'Most cash that one order may take.' },
  ({ notional }, _, limit) =>
    notional > decimal(limit) ? `order for ${formatDecimal(notional)} is over the limit of ${limit}` : null,
);

export const maxOrderQuantity = instanceRule(
  { ...SIZE, key: 'maxOrderQuantity', description: 'Most base units of one order.' },
  ({ quantity }, _, limit) =>
    quantity > decimal(limit)
      ? `order of ${formatDecimal(quantity)} units is over the limit of ${limit}`
      : null,
);

export const maxPriceDeviationRatio = instanceRule(
  {
    key: 'maxPriceDeviationRatio',
    kind: 'ratio',
    default: 0.1,
    stricter: 'less',
    // A sale far below the market gives a position away: that is no way out of it.
    binds: 'all',
    passes: true,
    description:
      'Price collar: how far above the market an order may pay, or below it take. Of orders that name a price.',
  },
  ({ side, price }, { market }, limit) => {
    if (price === null) return null;
    if (market.price <= 0n) return 'there is no price of the market to hold its price against';
    const worse = side === 'BUY' ? price - market.price : market.price - price;
    const deviation = toNumber(divide(worse, market.price));
    if (deviation <= limit) return null;
    const where = side === 'BUY' ? 'above' : 'below';
    return `price of ${formatDecimal(price)} is ${percentOf(deviation)} ${where} the market's ${formatDecimal(market.price)}, over the limit of ${percentOf(limit)}`;
  },
);
