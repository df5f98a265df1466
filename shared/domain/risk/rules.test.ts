import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, formatDecimal } from '../decimal.ts';
import { QUALITY_FLAGS } from '../market-data/quality-flags.ts';
import type { AccountView, AccountWide, Exit } from './account-view.ts';
import { denialByRules } from './check-order.ts';
import type { CheckedOrder, LimitKinds, RiskRule } from './rule.ts';
import { DEFAULT_LIMITS, NO_LIMITS, RISK_RULES, type RiskLimits } from './rules.ts';

const RULES = RISK_RULES as readonly RiskRule[];
const DAY_MS = 86_400_000;

const amount = (max = 10n ** 18n) => fc.bigInt({ min: 0n, max });
const exposure = () => fc.record({ long: amount(), short: amount() });
const holding = () => fc.record({ notional: exposure(), quantity: exposure() });
const equity = () => fc.record({ now: amount(), dayOpen: amount(), peak: amount() });
const NOW_MS = 10 * DAY_MS;
const exit: fc.Arbitrary<Exit> = fc.record({
  timeMs: fc.integer({ min: NOW_MS - 2 * DAY_MS, max: NOW_MS }),
  profit: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  cost: amount(10n ** 15n),
});
const flags = fc.uniqueArray(fc.constantFrom(...QUALITY_FLAGS));
const instrument = fc.constantFrom('binance:BTC-USDT', 'binance:ETH-USDT', 'kraken:BTC-USD');

const anyView: fc.Arbitrary<AccountView> = fc.record({
  nowMs: fc.constant(NOW_MS),
  position: holding(),
  strategy: exposure(),
  equity: equity(),
  ordersInMinute: fc.nat(200),
  likeOrderAtMs: fc.option(fc.integer({ min: NOW_MS - 2000, max: NOW_MS })),
  market: fc.record({ price: amount(), ageMs: fc.nat(120_000), flags }),
  exits: fc.option(fc.array(exit, { maxLength: 8 }), { freq: 9 }),
  account: fc.option(
    fc.record({
      instrument: holding(),
      venue: exposure(),
      total: exposure(),
      ordersInMinute: fc.nat(200),
      equity: fc.option(equity(), { freq: 9 }),
    }),
    { freq: 9 },
  ),
});
const anyOrder: fc.Arbitrary<CheckedOrder> = fc.record({
  accountId: fc.constant('paper'),
  strategyId: fc.constant('strategy'),
  instrumentId: instrument,
  side: fc.constantFrom('BUY', 'SELL'),
  quantity: amount(),
  notional: amount(),
  price: fc.option(amount()),
  reduces: fc.boolean(),
});

const byKind: { readonly [Kind in keyof LimitKinds]: fc.Arbitrary<LimitKinds[Kind]> } = {
  decimal: amount().map(formatDecimal),
  ratio: fc.double({ min: 0, max: 1, noNaN: true }),
  count: fc.nat(2 * DAY_MS),
  instruments: fc.uniqueArray(instrument),
  flags,
};
const limitOf = (rule: RiskRule): fc.Arbitrary<LimitKinds[keyof LimitKinds]> =>
  rule.key.includes('PerMinute') || rule.key.includes('PerDay') ? fc.nat(10) : byKind[rule.kind];

const anyLimits = fc.record(
  Object.fromEntries(RULES.map((rule) => [rule.key, fc.option(limitOf(rule))])),
) as unknown as fc.Arbitrary<RiskLimits>;

/** The stricter of two limits, as the rule says which way that is. */
function strictest(
  rule: RiskRule,
  a: LimitKinds[keyof LimitKinds],
  b: LimitKinds[keyof LimitKinds],
): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return [...new Set([...a, ...b])];
  const [x, y] = typeof a === 'string' ? [decimal(a), decimal(b as string)] : [a as number, b as number];
  return x < y === (rule.stricter === 'less') ? a : b;
}

describe.each(RULES.map((rule) => [rule.key, rule] as const))('%s', (_, rule) => {
  it('never lets through what a looser limit denies', () => {
    fc.assert(
      fc.property(anyOrder, anyView, limitOf(rule), limitOf(rule), (order, view, a, b) => {
        const strict = strictest(rule, a, b) as LimitKinds[keyof LimitKinds];
        const loose = strict === a ? b : a;
        if (rule.check(order, view, loose) !== null) expect(rule.check(order, view, strict)).not.toBeNull();
      }),
    );
  });
});

describe('the rules together', () => {
  it('never deny what only makes a position smaller at the price of the market, whatever the limits are', () => {
    fc.assert(
      fc.property(anyOrder, anyView, anyLimits, (order, view, limits) => {
        expect(denialByRules({ ...order, reduces: true, price: null }, view, limits)).toBeNull();
      }),
    );
  });

  it('say which of them denied', () => {
    fc.assert(
      fc.property(anyOrder, anyView, anyLimits, (order, view, limits) => {
        const denial = denialByRules(order, view, limits);
        if (denial === null) return;
        expect(denial.reason.startsWith(`${denial.rule}: `)).toBe(true);
        expect(limits[denial.rule as keyof RiskLimits]).not.toBeNull();
      }),
    );
  });

  it('deny everything when the limits cannot be read', () => {
    fc.assert(
      fc.property(anyOrder, anyView, (order, view) => {
        expect(denialByRules(order, view, null)?.reason).toBe('the risk limits cannot be read');
      }),
    );
  });
});

const NOTHING = { long: 0n, short: 0n };
const NO_HOLDING = { notional: NOTHING, quantity: NOTHING };
const ACCOUNT: AccountWide = {
  instrument: { notional: { long: decimal('30'), short: decimal('5') }, quantity: { long: 3n, short: 0n } },
  venue: { long: decimal('50'), short: decimal('5') },
  total: { long: decimal('70'), short: decimal('20') },
  ordersInMinute: 7,
  equity: { now: decimal('90'), dayOpen: decimal('100'), peak: decimal('120') },
};
const VIEW: AccountView = {
  nowMs: NOW_MS,
  position: NO_HOLDING,
  strategy: { long: decimal('15'), short: 0n },
  equity: { now: decimal('90'), dayOpen: decimal('100'), peak: decimal('120') },
  ordersInMinute: 3,
  likeOrderAtMs: NOW_MS - 400,
  market: { price: decimal('100'), ageMs: 5000, flags: ['gap'] },
  exits: [
    { timeMs: NOW_MS - DAY_MS, profit: -10n, cost: 10n },
    { timeMs: NOW_MS - 7000, profit: decimal('-2'), cost: decimal('40') },
    { timeMs: NOW_MS - 6000, profit: decimal('-1'), cost: decimal('60') },
  ],
  account: ACCOUNT,
};
const ORDER: CheckedOrder = {
  accountId: 'paper',
  strategyId: 'strategy',
  instrumentId: 'binance:BTC-USDT',
  side: 'BUY',
  quantity: decimal('0.1'),
  notional: decimal('10'),
  price: decimal('110'),
  reduces: false,
};

/** The limit at which it may just be, the nearest one at which it may not, and what is said then. */
const BOUNDARIES: { readonly [Key in keyof RiskLimits]: readonly [unknown, unknown, string] } = {
  maxPositionNotional: ['10', '9.99', 'position of 10 is over the limit of 9.99'],
  maxPositionQuantity: ['0.1', '0.09', 'position of 0.1 is over the limit of 0.09'],
  maxStrategyNotional: ['25', '24.9', 'exposure of the strategy of 25 is over the limit of 24.9'],
  maxInstrumentNotional: ['45', '44', 'exposure in binance:BTC-USDT of 45 is over the limit of 44'],
  maxInstrumentQuantity: [
    '0.100000000003',
    '0.100000000002',
    'holding of binance:BTC-USDT of 0.100000000003 is over the limit of 0.100000000002',
  ],
  maxVenueNotional: ['65', '64', 'exposure at the venue of 65 is over the limit of 64'],
  maxGrossNotional: ['100', '99', 'gross exposure of 100 is over the limit of 99'],
  maxNetNotional: ['60', '59', 'net exposure of 60 is over the limit of 59'],
  maxConcentrationRatio: [0.5, 0.49, '50 % of the account in binance:BTC-USDT is over the limit of 49 %'],
  maxDailyLossRatio: [0.11, 0.1, "the day's loss of 10 % has reached the limit of 10 %"],
  maxDrawdownRatio: [0.26, 0.25, 'the drawdown of 25 % has reached the limit of 25 %'],
  maxAccountDailyLossRatio: [
    0.11,
    0.1,
    "the account's loss of the day of 10 % has reached the limit of 10 %",
  ],
  maxAccountDrawdownRatio: [0.26, 0.25, "the account's drawdown of 25 % has reached the limit of 25 %"],
  maxOrderNotional: ['10', '9', 'order for 10 is over the limit of 9'],
  maxOrderQuantity: ['0.1', '0.09', 'order of 0.1 units is over the limit of 0.09'],
  maxPriceDeviationRatio: [0.1, 0.09, "price of 110 is 10 % above the market's 100, over the limit of 9 %"],
  maxOrdersPerMinute: [4, 3, '3 orders of the strategy within a minute have reached the limit of 3'],
  maxAccountOrdersPerMinute: [8, 7, '7 orders of the account within a minute have reached the limit of 7'],
  duplicateWindowMs: [400, 401, 'the same order was given 400 ms before, within the limit of 401 ms'],
  maxDataAgeMs: [5000, 4999, 'the candle closed 5000 ms before it was heard of, over the limit of 4999 ms'],
  deniedFlags: [['spike'], ['spike', 'gap'], 'its candle is flagged gap, which the limits deny'],
  restrictedInstruments: [
    ['kraken:BTC-USD'],
    ['binance:BTC-USDT'],
    'binance:BTC-USDT is on the restricted list of 1',
  ],
  coolDownMs: [
    6000,
    6001,
    'the last position was closed 6000 ms ago, and 6001 ms are to cool down: until 1970-01-11T00:00:00.001Z',
  ],
  // The exit of a whole day ago counts no more.
  maxLosingExitsPerDay: [
    3,
    2,
    '2 positions closed at a loss within a day have reached the limit of 2: until 1970-01-11T23:59:53.000Z',
  ],
  maxInstrumentLossRatio: [
    0.0601,
    0.06,
    '2 positions closed within a day lost 6 %, which has reached the limit of 6 %: until 1970-01-11T23:59:53.000Z at the earliest',
  ],
};

describe('the limit of', () => {
  it.each(Object.entries(BOUNDARIES))(
    '%s holds to the last digit, and is told',
    (key, [may, mayNot, says]) => {
      const under = (limit: unknown) => denialByRules(ORDER, VIEW, { ...NO_LIMITS, [key]: limit });
      expect(under(may)).toBeNull();
      expect(under(mayNot)).toMatchObject({ by: 'rule', rule: key, reason: `${key}: ${says}` });
    },
  );

  it.each(RULES.filter(({ reach }) => reach !== 'instance').map((rule) => [rule.key, rule] as const))(
    '%s denies when what it judges by cannot be read',
    (key, rule) => {
      const unread = { ...VIEW, exits: null, account: null };
      const [may] = BOUNDARIES[key as keyof RiskLimits];
      expect(rule.check(ORDER, unread, may as never)).toMatch(/ cannot be read$/);
      if (rule.reach !== 'account-equity') return;
      const unvalued = { ...VIEW, account: { ...ACCOUNT, equity: null } };
      expect(rule.check(ORDER, unvalued, may as never)).toMatch(/ cannot be read$/);
    },
  );
});

describe('a net limit', () => {
  it('lets through what brings the account nearer to zero, even from beyond it', () => {
    const limits = { ...NO_LIMITS, maxNetNotional: '1' };
    expect(denialByRules({ ...ORDER, side: 'SELL' }, VIEW, limits)).toBeNull();
    expect(denialByRules(ORDER, VIEW, limits)).not.toBeNull();
  });
});

describe('a price collar', () => {
  it('holds a sale back as well, and asks nothing of an order without a price', () => {
    const limits = { ...NO_LIMITS, maxPriceDeviationRatio: 0.05 };
    const sale = { ...ORDER, side: 'SELL', reduces: true } as const;
    expect(denialByRules({ ...sale, price: decimal('94') }, VIEW, limits)?.reason).toBe(
      "maxPriceDeviationRatio: price of 94 is 6 % below the market's 100, over the limit of 5 %",
    );
    expect(denialByRules({ ...sale, price: decimal('1000') }, VIEW, limits)).toBeNull();
    expect(denialByRules({ ...sale, price: null }, VIEW, limits)).toBeNull();
  });
});

describe('the defaults', () => {
  it('hold back what is old, repeated, out of hand or has lost a fifth in a day; the rest is for the user to say', () => {
    const set = Object.entries(DEFAULT_LIMITS).filter(([, limit]) => limit !== null);
    expect(Object.fromEntries(set)).toEqual({
      maxDataAgeMs: 60_000,
      maxPriceDeviationRatio: 0.1,
      duplicateWindowMs: 500,
      maxOrdersPerMinute: 120,
      maxDailyLossRatio: 0.2,
    });
  });
});
