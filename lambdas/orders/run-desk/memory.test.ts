import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFill } from '../../../test/support/order.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import {
  bookKey,
  decidedKey,
  exitsKey,
  limitsKey,
  orderKey,
  reservationKey,
  statesKey,
} from '../../../shared/contracts/record-keys.ts';
import type { BookRecord, OrderRecord } from '../../../shared/contracts/records.ts';
import { clientOrderIdOf } from '../../../shared/domain/risk/decide.ts';
import { DEFAULT_LIMITS, type RiskLimits } from '../../../shared/domain/risk/rules.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { bookingOf } from './book-fill.ts';
import { checkSignal } from './check-signal.ts';

const instance = aStrategy({ latencyMs: 0 });
const { strategyId } = instance;
const signalAt = (openTimeMs: number, close = '100', flags?: readonly ['gap']) =>
  signalOf(
    instance,
    { openTimeMs, close, ...(flags === undefined ? {} : { flags }) },
    { side: 'BUY', reason: 'test' },
  );

describe('what a desk remembers of an instance', () => {
  let ports: TradingPorts;
  beforeEach(async () => {
    ports = tradingPorts();
    await createStrategy(ports.state, instance, 0);
  });

  const put = async (key: { pk: string; sk: string }, value: unknown) =>
    ports.state.write({ kind: 'put', table: 'orders', ...key, value, condition: { kind: 'none' } });
  const limit = async (limits: Partial<RiskLimits>) =>
    put(limitsKey('paper'), { ...DEFAULT_LIMITS, ...limits });
  /** @returns what became of a purchase, which then ends without a fill. */
  async function buy(...signal: Parameters<typeof signalAt>): Promise<string> {
    const raised = signalAt(...signal);
    await checkSignal(ports, { kind: 'signal', signal: raised });
    await ports.state.write({
      kind: 'delete',
      table: 'orders',
      ...reservationKey(strategyId),
      condition: { kind: 'none' },
    });
    const { value } = (await ports.state.get<OrderRecord>('orders', orderKey(clientOrderIdOf(raised))))!;
    return value.statusReason ?? value.status;
  }

  it('holds back the order that is one too many within a minute', async () => {
    await limit({ maxOrdersPerMinute: 2 });
    expect(await buy(0)).toBe('INITIALIZED');
    expect(await buy(20_000)).toBe('INITIALIZED');
    expect(await buy(40_000)).toBe(
      'maxOrdersPerMinute: 2 orders of the strategy within a minute have reached the limit of 2',
    );
    expect(await buy(60_000)).toBe('INITIALIZED');
  });

  it('measures the loss of a day from its first decision on, and begins anew with the next UTC day', async () => {
    const DAY_MS = 86_400_000;
    expect(await buy(0)).toBe('INITIALIZED');
    const { value: book } = (await ports.state.get<BookRecord>('portfolio', bookKey(strategyId)))!;
    await ports.state.write({
      kind: 'put',
      table: 'portfolio',
      ...bookKey(strategyId),
      value: { ...book, cash: '8000' },
      condition: { kind: 'none' },
    });
    const reached = "maxDailyLossRatio: the day's loss of 20 % has reached the limit of 20 %";
    expect(await buy(60_000)).toBe(reached);
    // Its candle closes a minute before midnight, and the next one at midnight.
    expect(await buy(DAY_MS - 120_000)).toBe(reached);
    expect(await buy(DAY_MS - 60_000)).toBe('INITIALIZED');
  });

  it('holds back the same order again', async () => {
    await limit({ duplicateWindowMs: 1000 });
    expect(await buy(0)).toBe('INITIALIZED');
    expect(await buy(999)).toMatch(/^duplicateWindowMs: the same order was given 999 ms before/);
    expect(await buy(2000)).toBe('INITIALIZED');
  });

  it('is what an instance was worth at most, whether or not it acted then', async () => {
    await limit({});
    await buy(0);
    expect((await ports.state.get('orders', decidedKey(strategyId)))?.value).toMatchObject({
      peakEquity: '10000',
    });
  });

  it('holds back what rests on flagged data, and what is on the restricted list', async () => {
    await limit({ deniedFlags: ['gap'] });
    expect(await buy(0, '100', ['gap'])).toBe(
      'deniedFlags: its candle is flagged gap, which the limits deny',
    );
    await limit({ restrictedInstruments: [instance.instrumentId] });
    expect(await buy(60_000)).toMatch(/^restrictedInstruments: binance:BTC-USDT is on the restricted list/);
  });

  it('holds back what is halted, and says until when', async () => {
    const one = {
      scope: 'strategy',
      name: strategyId,
      state: 'HALTED',
      reason: 'test',
      by: 'alice',
      atMs: 0,
    };
    await put(statesKey('paper'), { states: [{ ...one, untilMs: 60_000 }] });
    expect(await buy(0)).toBe(
      `strategy ${strategyId} is HALTED by alice until 1970-01-01T00:01:00.000Z: test`,
    );
    ports.clock.timeMs = 60_000;
    expect(await buy(60_000)).toBe('INITIALIZED');
  });

  it('reads how positions were closed where a limit asks, and denies when that is damaged', async () => {
    const trade = { strategyId, notional: '100', fee: '0' };
    const bought = aFill(1, { ...trade, cashChange: '-100' });
    const sold = aFill(2, { ...trade, side: 'SELL', price: '90', cashChange: '90', timeMs: 100_000 });
    for (const fill of [bought, sold])
      await ports.state.transact((await bookingOf(ports.state, fill)).writes);
    await limit({ coolDownMs: 60_000 });
    expect(await buy(60_000)).toMatch(/^coolDownMs: the last position was closed 20000 ms ago/);
    await limit({ maxLosingExitsPerDay: 1 });
    expect(await buy(120_000)).toMatch(/^maxLosingExitsPerDay: 1 positions closed at a loss/);
    await limit({ maxLosingExitsPerDay: 2 });
    expect(await buy(180_000)).toBe('INITIALIZED');
    const place = { table: 'portfolio', ...exitsKey(strategyId) } as const;
    await ports.state.write({ kind: 'put', ...place, value: { exits: 3 }, condition: { kind: 'none' } });
    expect(await buy(240_000)).toBe('maxLosingExitsPerDay: how positions were closed cannot be read');
  });
});
