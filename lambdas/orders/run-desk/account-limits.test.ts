import { beforeEach, describe, expect, it } from '@jest/globals';
import { aStrategy } from '../../../test/support/strategy.ts';
import { aFill } from '../../../test/support/order.ts';
import { endedReport, filledReport } from '../../../test/support/report.ts';
import { tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import { bookRecordOf } from '../../../shared/contracts/ledger-records.ts';
import {
  bookKey,
  exposureKey,
  lanePricesKey,
  limitsKey,
  orderKey,
} from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import { exposureRecord, type ExposureRecord } from '../../../shared/contracts/risk-records.ts';
import { decimal } from '../../../shared/domain/decimal.ts';
import { deterministicId } from '../../../shared/domain/ids.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import { laneOf } from '../../../shared/domain/market-data/lane.ts';
import { openBook } from '../../../shared/domain/portfolio/book.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { DEFAULT_LIMITS, type RiskLimits } from '../../../shared/domain/risk/rules.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import type { StrategyInstance } from '../../../shared/domain/strategies/strategy.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { applyReport } from './apply-report.ts';
import { checkSignal } from './check-signal.ts';

const PAIRS = ['BTC-USDT', 'ETH-USDT', 'XRP-USDT', 'SOL-USDT'];
/** Each on an instrument and with parameters of its own. */
const instances = (count: number, capital = '100') =>
  Array.from({ length: count }, (_, n) =>
    aStrategy({
      instrumentId: `binance:${PAIRS[n % PAIRS.length]!}`,
      params: { fastPeriod: 1 + n, slowPeriod: 500 },
      capital,
      latencyMs: 0,
    }),
  );
const signalOn = (
  instance: StrategyInstance,
  openTimeMs = 60_000,
  side: 'BUY' | 'SELL' = 'BUY',
  close = '100',
) => signalOf(instance, { openTimeMs, close }, { side, reason: 'test' });

describe('the limits of the account as a whole', () => {
  let ports: TradingPorts;
  let check: (instance: StrategyInstance, ...rest: [number?, ('BUY' | 'SELL')?, string?]) => Promise<void>;

  beforeEach(() => {
    ports = tradingPorts();
    check = async (instance, ...rest) => {
      await checkSignal(ports, { kind: 'signal', signal: signalOn(instance, ...rest) });
    };
  });

  async function open(strategies: readonly StrategyInstance[], limits: Partial<RiskLimits>): Promise<void> {
    for (const instance of strategies) await createStrategy(ports.state, instance, 0);
    await put(limitsKey('paper'), { ...DEFAULT_LIMITS, ...limits });
  }
  async function put(key: { pk: string; sk: string }, value: unknown): Promise<void> {
    const place = { table: 'orders', ...key } as const;
    await ports.state.write({ kind: 'put', ...place, value, condition: { kind: 'none' } });
  }
  const orderOf = async (instance: StrategyInstance, ...rest: [number?, ('BUY' | 'SELL')?, string?]) =>
    (await ports.state.get<OrderRecord>('orders', orderKey(clientOrderIdOf(signalOn(instance, ...rest)))))
      ?.value;
  const exposure = async (): Promise<ExposureRecord | null> => {
    const item = await ports.state.get('orders', exposureKey('paper'));
    return item === null ? null : exposureRecord.parse(item.value);
  };
  /** As a queue does: what fails is delivered again. */
  async function untilTaken(deliver: () => Promise<void>): Promise<void> {
    for (let left = 100; ; left--) {
      try {
        await deliver();
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  /** The purchase of an instance fills at 10, and is booked. */
  async function fill(instance: StrategyInstance): Promise<void> {
    const { clientOrderId } = (await orderOf(instance))!;
    const { strategyId, instrumentId } = instance;
    const filled: Fill = aFill(1, {
      fillId: deterministicId('fill', clientOrderId),
      clientOrderId,
      strategyId,
      instrumentId,
      price: '10',
      quantity: '9',
      notional: '90',
      fee: '0',
      cashChange: '-90',
    });
    await submitted(instance);
    await applyReport(ports, filledReport(filled));
  }

  async function submitted(instance: StrategyInstance): Promise<void> {
    const order = (await orderOf(instance))!;
    await put(orderKey(order.clientOrderId), { ...order, status: 'SUBMITTED' });
  }

  it('keep what another order reserves, when one that was over has filled all the same', async () => {
    const [instance] = instances(1);
    await open([instance!], { maxGrossNotional: '1000' });
    await check(instance!);
    await submitted(instance!);
    const first = (await orderOf(instance!))!;
    await applyReport(ports, endedReport(first, 'expired'));
    await check(instance!, 120_000);
    expect(await orderOf(instance!, 120_000)).toMatchObject({ status: 'INITIALIZED' });
    const reserved = (shares: ExposureRecord | null) => shares!.shares.map(([, , , , ...rest]) => rest);
    const before = reserved(await exposure());
    expect(before).toEqual([['100', '1']]);
    const { strategyId, instrumentId } = instance!;
    const late = aFill(1, {
      ...{ clientOrderId: first.clientOrderId, strategyId, instrumentId, price: '10', quantity: '2' },
      ...{ notional: '20', fee: '0', cashChange: '-20' },
    });
    expect(await applyReport(ports, filledReport(late, 2, '7'))).toContain('lateReports');
    expect(reserved(await exposure())).toEqual(before);
    expect((await exposure())!.shares[0]![2]).toBe('20');
  });

  it('are not exceeded by a hundred orders that are decided at the same time', async () => {
    const strategies = instances(100);
    await open(strategies, { maxGrossNotional: '1050', maxInstrumentNotional: '300' });
    await Promise.all(strategies.map(async (one) => untilTaken(async () => check(one))));
    const orders = await Promise.all(strategies.map(async (one) => orderOf(one)));
    const approved = orders.filter((order) => order?.status === 'INITIALIZED');
    expect(approved).toHaveLength(10);
    const byInstrument = Map.groupBy(approved, (order) => order?.instrumentId);
    for (const same of byInstrument.values()) expect(same.length).toBeLessThanOrEqual(3);
    const denied = orders.filter((order) => order?.status === 'DENIED');
    expect(denied).toHaveLength(90);
    for (const order of denied)
      expect(order?.statusReason).toMatch(
        /^max(Gross|Instrument)Notional: .* of (1100|400) is over the limit of (1050|300)$/,
      );
    expect((await exposure())?.shares).toHaveLength(10);
  });

  it('count an order until it ends, and then what it bought', async () => {
    const [first, second] = instances(2);
    await open([first!, second!], { maxGrossNotional: '195' });
    await check(first!);
    await check(second!);
    expect(await orderOf(second!)).toMatchObject({
      statusReason: 'maxGrossNotional: gross exposure of 200 is over the limit of 195',
    });
    await fill(first!);
    expect(await exposure()).toMatchObject({
      shares: [[first!.strategyId, first!.instrumentId, '90', '9', '0', '0']],
    });
    await check(second!, 120_000);
    expect(await orderOf(second!, 120_000)).toMatchObject({ status: 'INITIALIZED' });
  });

  it.each(['rejected', 'expired'] as const)('free what was reserved of an order that is %s', async (kind) => {
    const [first] = instances(1);
    await open([first!], { maxGrossNotional: '1000' });
    await check(first!);
    expect((await exposure())?.shares).toHaveLength(1);
    await submitted(first!);
    await applyReport(ports, endedReport((await orderOf(first!))!, kind));
    expect((await exposure())?.shares).toEqual([]);
  });

  it('know of positions and orders from before they were set', async () => {
    const [held, working, third] = instances(3);
    await open([held!, working!, third!], {});
    await check(held!);
    await fill(held!);
    await check(working!);
    expect(await exposure()).toBeNull();
    await put(limitsKey('paper'), { ...DEFAULT_LIMITS, maxGrossNotional: '289' });
    await check(third!);
    expect(await orderOf(third!)).toMatchObject({
      statusReason: 'maxGrossNotional: gross exposure of 290 is over the limit of 289',
    });
  });

  it('deny when what the account holds is damaged, and say so; a sale is let through', async () => {
    const [first] = instances(1);
    await open([first!], {});
    await check(first!);
    await fill(first!);
    await put(limitsKey('paper'), { ...DEFAULT_LIMITS, maxNetNotional: '1000' });
    await put(exposureKey('paper'), { shares: 'many' });
    await check(first!, 120_000, 'SELL');
    expect(await orderOf(first!, 120_000, 'SELL')).toMatchObject({ status: 'INITIALIZED' });
    const [, second] = instances(2);
    await createStrategy(ports.state, second!, 0);
    await check(second!);
    expect(await orderOf(second!)).toMatchObject({
      statusReason: 'maxNetNotional: what the account holds cannot be read',
    });
  });

  describe('by what it is worth', () => {
    const [holder, buyer] = instances(2);
    const limits = { maxAccountDailyLossRatio: 0.1 };
    const book = openBook('paper', holder!.strategyId, holder!.instrumentId, decimal('10'));
    async function holdAt(price: string | null): Promise<void> {
      await ports.state.write({
        kind: 'put',
        table: 'portfolio',
        ...bookKey(holder!.strategyId),
        value: bookRecordOf({
          ...book,
          quantity: decimal('9'),
          cost: decimal('90'),
          entry: { timeMs: 0, price: decimal('10') },
        }),
        condition: { kind: 'none' },
        index: { partition: 'BOOKS#paper', sort: holder!.strategyId },
      });
      if (price === null) return;
      await ports.state.write({
        kind: 'put',
        table: 'market-data',
        ...lanePricesKey(laneOf(holder!.instrumentId)),
        value: { prices: [[holder!.instrumentId, price, 60_000]] },
        condition: { kind: 'none' },
      });
    }

    it('are measured at the latest prices, from the first decision of the day', async () => {
      const [, , third] = instances(3);
      await open([holder!, buyer!, third!], limits);
      await holdAt('10');
      await check(buyer!, 60_000, 'SELL');
      await holdAt('6.7');
      await check(buyer!, 120_000);
      expect(await orderOf(buyer!, 120_000)).toMatchObject({ status: 'INITIALIZED' });
      await holdAt('6.6');
      await check(third!, 120_000);
      expect(await orderOf(third!, 120_000)).toMatchObject({
        statusReason:
          "maxAccountDailyLossRatio: the account's loss of the day of 10.2 % has reached the limit of 10 %",
      });
    });

    it('deny when there is no price of something that is held', async () => {
      await open([holder!, buyer!], limits);
      await holdAt(null);
      await check(buyer!);
      expect(await orderOf(buyer!)).toMatchObject({
        statusReason: 'maxAccountDailyLossRatio: what the account is worth cannot be read',
      });
    });
  });
});
