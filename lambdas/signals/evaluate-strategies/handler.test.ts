import { beforeEach, describe, expect, it } from '@jest/globals';
import { storedCandle } from '../../../test/support/stored-candle.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import {
  busEvent,
  invocation,
  tradingPorts,
  type TradingPorts,
} from '../../../test/support/trading-ports.ts';
import type { ClosedCandle } from '../../../shared/contracts/events.ts';
import { candleViewOf } from '../../../shared/contracts/lane-candles.ts';
import { progressKey } from '../../../shared/contracts/record-keys.ts';
import type { ProgressRecord } from '../../../shared/contracts/records.ts';
import { createStrategy, definitionWrites } from '../../../shared/runtime/create-strategy.ts';
import { createHandler } from './handler.ts';

const instance = aStrategy({ params: { fastPeriod: 1, slowPeriod: 2 }, interval: '1s' });
/** Crosses up at the third candle and down at the sixth. */
const CLOSES = ['5', '4', '6', '7', '8', '7', '6'];

function candle(i: number): ClosedCandle {
  return {
    ...candleViewOf(storedCandle(i * 1000, CLOSES[i]!)),
    previousOpenTimeMs: i === 0 ? null : (i - 1) * 1000,
  };
}

describe('evaluate-strategies', () => {
  let ports: TradingPorts;
  let show: (...candles: ClosedCandle[]) => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    const handler = createHandler(ports);
    show = async (...candles) => handler(busEvent('CandlesClosedV1', { candles }), invocation);
    await createStrategy(ports.state, instance, 0);
    await ports.candles.insert(
      CLOSES.map((close, i) => storedCandle(i * 1000, close)),
      { mayRepeat: false },
    );
  });

  const signals = () =>
    ports.raised().map(({ signal }) => [signal.candleOpenTimeMs, signal.side, signal.referencePrice]);
  const EXPECTED = [
    [2000, 'BUY', '6'],
    [5000, 'SELL', '7'],
  ];

  it('raises the signals of a strategy that sees candle after candle', async () => {
    for (let i = 0; i < CLOSES.length; i++) await show(candle(i));
    expect(signals()).toEqual(EXPECTED);
    expect(ports.raised()[0]?.signal).toMatchObject({
      candleCloseTimeMs: 3000,
      strategyId: instance.strategyId,
    });
  });

  it('raises the same when candles come together, twice, or out of order', async () => {
    await show(candle(0));
    await show(candle(3), candle(2), candle(1));
    await show(candle(1), candle(2), candle(3));
    await show(candle(6));
    await show(candle(5));
    await show(candle(4));
    expect(signals()).toEqual(EXPECTED);
  });

  it('fills the gap of an event that was lost from the store, in order', async () => {
    await show(candle(0));
    await show(candle(6));
    expect(signals()).toEqual(EXPECTED);
  });

  it('does not take an interval without trades for a gap', async () => {
    await show(candle(0), candle(1), candle(2));
    await show({ ...candle(3), openTimeMs: 60_000, previousOpenTimeMs: 2000 });
    expect(signals()).toEqual([EXPECTED[0]]);
  });

  it('tells of a signal that a crash left untold when the candle comes again', async () => {
    await show(candle(0), candle(1));
    ports.breakBus(true);
    await expect(show(candle(2))).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    await show(candle(2));
    expect(signals()).toEqual([EXPECTED[0]]);
  });

  it('does nothing about what a strategy missed while it was paused, and acts on what comes', async () => {
    await show(candle(0));
    const key = progressKey(instance.strategyId);
    const progress = (await ports.state.get<ProgressRecord>('signals', key))!;
    const value: ProgressRecord = { ...progress.value, isBehind: true };
    await ports.state.write({ kind: 'put', table: 'signals', ...key, value, condition: { kind: 'none' } });
    await show(candle(4));
    expect(signals()).toEqual([]);
    await show(candle(5));
    expect(signals()).toEqual([EXPECTED[1]]);
  });

  it('catches up with more candles than are read at once', async () => {
    const many = 12_000;
    const at = (i: number) => storedCandle(i * 1000, i === 9000 ? '7' : '6');
    await ports.candles.insert(
      Array.from({ length: many }, (_, n) => at(CLOSES.length + n)),
      { mayRepeat: false },
    );
    await show(candle(0));
    const last = CLOSES.length + many;
    await show({ ...candleViewOf(at(last)), previousOpenTimeMs: (last - 1) * 1000 });
    expect(signals()).toEqual([...EXPECTED, [9_000_000, 'BUY', '7'], [9_001_000, 'SELL', '6']]);
  });

  it('shows nothing to a strategy that is paused, nor candles of another instrument or interval', async () => {
    const item = (await ports.state.get('signals', {
      pk: `STRATEGY#${instance.strategyId}`,
      sk: 'DEFINITION',
    }))!;
    await show(
      candle(0),
      { ...candle(1), interval: '1m' },
      { ...candle(1), instrumentId: 'binance:ETH-USDT' },
    );
    const paused = { ...instance, status: 'PAUSED' as const };
    await ports.state.transact(definitionWrites(paused, { kind: 'version', version: item.version }));
    await show(candle(1), candle(2));
    expect(signals()).toEqual([]);
  });
});
