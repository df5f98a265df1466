/** How much may be held. Measured by what it cost, not by what it is worth now: so no price is needed that may be old. */
import { decimal, divide, formatDecimal, toNumber, type Decimal } from '../../decimal.ts';
import type { Exposure } from '../account-view.ts';
import { accountEquityRule, accountRule, instanceRule, type CheckedOrder } from '../rule.ts';
import { percentOf } from './percent.ts';

/** How much is there on the order's side once all of it has filled. */
function sideWith({ side }: CheckedOrder, { long, short }: Exposure, amount: Decimal): Decimal {
  return (side === 'BUY' ? long : short) + amount;
}

function gross({ long, short }: Exposure): Decimal {
  return long + short;
}

function overLimit(what: string, figure: Decimal, limit: string): string | null {
  return figure > decimal(limit) ? `${what} of ${formatDecimal(figure)} is over the limit of ${limit}` : null;
}

const ENTRY_AMOUNT = { kind: 'decimal', default: null, stricter: 'less', binds: 'entries' } as const;

export const maxPositionNotional = instanceRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxPositionNotional',
    description: 'Most cash that one position of a strategy may cost.',
  },
  (order, { position }, limit) =>
    overLimit('position', sideWith(order, position.notional, order.notional), limit),
);

export const maxPositionQuantity = instanceRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxPositionQuantity',
    description: 'Most base units of one position of a strategy.',
  },
  (order, { position }, limit) =>
    overLimit('position', sideWith(order, position.quantity, order.quantity), limit),
);

export const maxStrategyNotional = instanceRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxStrategyNotional',
    description: 'Most cash that all positions of a strategy together may cost, long and short.',
  },
  (order, { strategy }, limit) =>
    overLimit('exposure of the strategy', gross(strategy) + order.notional, limit),
);

export const maxInstrumentNotional = accountRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxInstrumentNotional',
    description: 'Most cash that the account may have in one instrument, long and short.',
  },
  (order, { instrument }, limit) =>
    overLimit(`exposure in ${order.instrumentId}`, gross(instrument.notional) + order.notional, limit),
);

export const maxInstrumentQuantity = accountRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxInstrumentQuantity',
    description: 'Most base units of one instrument that the account may hold on one side.',
  },
  (order, { instrument }, limit) =>
    overLimit(
      `holding of ${order.instrumentId}`,
      sideWith(order, instrument.quantity, order.quantity),
      limit,
    ),
);

export const maxVenueNotional = accountRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxVenueNotional',
    description: 'Most cash that the account may have at one venue, long and short.',
  },
  (order, { venue }, limit) => overLimit('exposure at the venue', gross(venue) + order.notional, limit),
);

export const maxGrossNotional = accountRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxGrossNotional',
    description: 'Most cash that all positions of the account together may cost: long plus short.',
  },
  (order, { total }, limit) => overLimit('gross exposure', gross(total) + order.notional, limit),
);

export const maxNetNotional = accountRule(
  {
    ...ENTRY_AMOUNT,
    key: 'maxNetNotional',
    description: 'Most by which long and short of the account may differ, in cash that they cost.',
  },
  ({ side, notional }, { total }, limit) => {
    const before = total.long - total.short;
    const after = side === 'BUY' ? before + notional : before - notional;
    // What brings it nearer to zero is welcome, even where it is still too far from it.
    return size(after) > size(before) ? overLimit('net exposure', size(after), limit) : null;
  },
);

export const maxConcentrationRatio = accountEquityRule(
  {
    key: 'maxConcentrationRatio',
    kind: 'ratio',
    default: null,
    stricter: 'less',
    binds: 'entries',
    description: 'Largest part of what the account is worth that may be in one instrument.',
  },
  (order, { instrument, equity }, limit) => {
    const amount = gross(instrument.notional) + order.notional;
    if (equity.now <= 0n)
      return `the account is worth ${formatDecimal(equity.now)}: there is nothing to put anywhere`;
    const part = toNumber(divide(amount, equity.now));
    return part > limit
      ? `${percentOf(part)} of the account in ${order.instrumentId} is over the limit of ${percentOf(limit)}`
      : null;
  },
);

function size(amount: Decimal): Decimal {
  return amount < 0n ? -amount : amount;
}
