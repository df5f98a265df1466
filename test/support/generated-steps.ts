import fc from 'fast-check';
import type { PaperModel } from '../../shared/domain/accounts/paper-model.ts';
import { decimal, ONE } from '../../shared/domain/decimal.ts';
import type { Side } from '../../shared/domain/market-data/trade.ts';
import type { CandleStep, MarketStep } from '../../shared/domain/orders/market-step.ts';
import type { OrderTerms } from '../../shared/domain/orders/terms.ts';

/** Around 100, in hundredths: they meet often. */
export const price = fc.integer({ min: 9_000, max: 11_000 }).map((cents) => BigInt(cents) * 10n ** 10n);
const quantity = fc.integer({ min: 1, max: 5_000 }).map((parts) => BigInt(parts) * 10n ** 9n);
const side = fc.constantFrom<Side>('BUY', 'SELL');

const tradeBody = fc.record({ price, quantity, takerSide: fc.option(side) });
const quoteBody = fc.record({
  bid: price,
  spread: fc.integer({ min: 1, max: 50 }),
  bidQuantity: quantity,
  askQuantity: quantity,
});
const candleBody = fc.record({ prices: fc.tuple(price, price, price, price), volume: quantity });

const body = fc.oneof(
  { weight: 6, arbitrary: tradeBody.map((fields) => ({ kind: 'trade', ...fields }) as const) },
  { weight: 2, arbitrary: quoteBody.map((fields) => ({ kind: 'quote', ...fields }) as const) },
  { weight: 3, arbitrary: candleBody.map((fields) => ({ kind: 'candle', ...fields }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'watermark' } as const) },
);

/** Steps in order of time, a second apart. */
export const steps = fc.array(body, { maxLength: 25 }).map((bodies) =>
  bodies.map((one, n): MarketStep => {
    const timeMs = n * 1000;
    if (one.kind === 'watermark') return { ...one, timeMs };
    if (one.kind === 'trade') return { ...one, timeMs, tradeId: n, quality: 0 };
    if (one.kind === 'quote') {
      const { bid, spread, bidQuantity, askQuantity } = one;
      const askPrice = bid + BigInt(spread) * 10n ** 10n;
      return { kind: 'quote', timeMs, bidPrice: bid, bidQuantity, askPrice, askQuantity, quality: 0 };
    }
    return candleOf(timeMs, one.prices, one.volume);
  }),
);

function candleOf(
  openTimeMs: number,
  prices: readonly [bigint, bigint, bigint, bigint],
  volume: bigint,
): CandleStep {
  const sorted = [...prices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [open, close] = prices;
  const times = { openTimeMs, closeTimeMs: openTimeMs + 1000 };
  return { kind: 'candle', ...times, open, close, low: sorted[0]!, high: sorted[3]!, volume, quality: 0 };
}

const time = fc.oneof(
  fc.constantFrom('GTC' as const, 'DAY' as const).map((timeInForce) => ({ timeInForce, goodTillMs: null })),
  fc.integer({ min: 0, max: 25_000 }).map((goodTillMs) => ({ timeInForce: 'GTD' as const, goodTillMs })),
);
const anyTime = fc.oneof(
  time,
  fc.constantFrom('IOC' as const, 'FOK' as const).map((timeInForce) => ({ timeInForce, goodTillMs: null })),
);
const common = fc.record({ side, quantity, reduceOnly: fc.boolean() });
const trail = fc.oneof(
  fc.record({ by: fc.constant('amount' as const), value: quantity }),
  fc.record({
    by: fc.constant('fraction' as const),
    value: fc.constantFrom(decimal('0.01'), decimal('0.05')),
  }),
);

/** Of every kind. */
export const terms: fc.Arbitrary<OrderTerms> = fc.oneof(
  fc.tuple(common, anyTime).map(([a, b]) => ({ type: 'MARKET', ...a, ...b, quoteQuantity: null }) as const),
  fc.tuple(anyTime, quantity).map(
    ([a, amount]) =>
      ({
        type: 'MARKET',
        side: 'BUY',
        reduceOnly: false,
        ...a,
        quantity: null,
        quoteQuantity: amount * 50n,
      }) as const,
  ),
  fc
    .tuple(common, anyTime, price)
    .map(([a, b, p]) => ({ type: 'LIMIT', ...a, ...b, price: p, postOnly: false }) as const),
  fc
    .tuple(common, time, price)
    .map(([a, b, p]) => ({ type: 'LIMIT', ...a, ...b, price: p, postOnly: true }) as const),
  fc.tuple(common, anyTime, price).map(([a, b, p]) => ({ type: 'STOP', ...a, ...b, stopPrice: p }) as const),
  fc
    .tuple(common, anyTime, price, price)
    .map(
      ([a, b, p, q]) =>
        ({ type: 'STOP_LIMIT', ...a, ...b, stopPrice: p, price: q, postOnly: false }) as const,
    ),
  fc
    .tuple(common, anyTime, trail, fc.option(price))
    .map(([a, b, t, p]) => ({ type: 'TRAILING_STOP', ...a, ...b, trail: t, activationPrice: p }) as const),
);

export const paperModel: fc.Arbitrary<PaperModel> = fc
  .record({
    takerFee: fc.integer({ min: 0, max: 100 }).map((points) => BigInt(points) * 10n ** 8n),
    slippage: fc.oneof(
      fc.constantFrom(0n, decimal('0.001')).map((fraction) => ({ kind: 'fixed', fraction }) as const),
      fc.constant({ kind: 'volume-share', impact: decimal('0.1') } as const),
    ),
    queue: fc.oneof(
      fc
        .constantFrom('touch' as const, 'through' as const, 'risk-averse' as const, 'proportional' as const)
        .map((kind) => ({ kind })),
      fc.constant({ kind: 'chance', probability: 0.5 } as const),
    ),
    volumeCap: fc.constantFrom(null, ONE, decimal('0.1')),
    takes: fc.constantFrom('trade' as const, 'quote' as const),
    seed: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ takerFee, slippage, queue, volumeCap, takes, seed }) => ({
    makerFee: takerFee / 2n,
    takerFee,
    slippage,
    latency: { baseMs: 0, jitterMs: 0, seed },
    fill: { queue, volumeCap, takes, rejects: 0, seed },
  }));
