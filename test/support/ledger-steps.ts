/** Fills of a few instances as a market might give them, for laws about ledgers: any of them may not fit. */
import fc from 'fast-check';
import { formatDecimal, ONE } from '../../shared/domain/decimal.ts';
import { deterministicId } from '../../shared/domain/ids.ts';
import { QUALITY_FLAGS } from '../../shared/domain/market-data/quality-flags.ts';
import type { Fill } from '../../shared/domain/orders/order.ts';
import type { Budget } from '../../shared/domain/portfolio/ledger/entry.ts';
import { fillAtPrint } from './fill-at-print.ts';
import { anOrder } from './order.ts';

/** Two of one instrument, one that is paid for in what another trades, and one that pays in a third currency. */
export const BUDGETS: readonly Budget[] = [
  'binance:BTC-USDT',
  'binance:BTC-USDT',
  'binance:ETH-BTC',
  'kraken:BTC-EUR',
].map((instrumentId, n) => ({
  accountId: 'paper',
  strategyId: deterministicId('test-strategy', n),
  instrumentId,
  capital: 10_000n * ONE + BigInt(n),
}));

const step = fc.record({
  instance: fc.nat({ max: BUDGETS.length - 1 }),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  quantity: fc.bigInt({ min: 1n, max: 3n * ONE }),
  price: fc.bigInt({ min: 1n, max: 2000n * ONE }),
  feeRate: fc.constantFrom('0', '0.001', '0.000333333333'),
  flags: fc.subarray(QUALITY_FLAGS.slice(0, 3), { maxLength: 2 }),
  part: fc.integer({ min: 1, max: 3 }),
});

export type LedgerStep = typeof step extends fc.Arbitrary<infer Step> ? Step : never;

/** @param held what an instance holds before its fill; a sale is of a part of that, or of all */
export function fillOfStep(
  { instance, flags, part, price, ...terms }: LedgerStep,
  n: number,
  held: (strategyId: string) => bigint,
): Fill | null {
  const { strategyId, instrumentId } = BUDGETS[instance]!;
  const quantity = terms.side === 'BUY' ? terms.quantity : held(strategyId) / BigInt(part);
  if (quantity === 0n) return null;
  const order = anOrder(n, {
    ...terms,
    strategyId,
    instrumentId,
    quantity: formatDecimal(quantity),
    quoteQuantity: null,
  });
  const outcome = fillAtPrint(order, { price, tradeId: String(n + 1), timeMs: n * 1000 });
  if (outcome.kind !== 'filled') return null;
  return { ...outcome.fill, ...(flags.length === 0 ? {} : { flags }) };
}

export const ledgerSteps = fc.array(step, { maxLength: 60 });
