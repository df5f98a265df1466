import { expect, it } from '@jest/globals';
import type { TradeRow } from '../../../shared/contracts/lane-rows.ts';
import { qualityOf } from '../../../shared/domain/market-data/quality-flags.ts';
import { INSTRUMENT, record, row, store } from '../../../test/support/trades-records.ts';
import { invocation, tradingPorts } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

it('makes a candle again of nothing less than the trades that were in it when it closed', async () => {
  const ports = tradingPorts();
  const handler = createHandler(ports);
  // Its time is not believed: its candle is made of what is stored, once it is closed.
  const ahead: TradeRow = [...row(1, 1500, '7'), qualityOf('future-time')] as unknown as TradeRow;
  const records = [
    record(1, { trades: [ahead] }),
    record(2, { trades: [row(2, 1500, '9')] }),
    record(3, { trades: [row(3, 2000)] }),
  ];
  const revisions = async () =>
    (await ports.candles.between(INSTRUMENT, '1s', 0, 1e12, 9)).map(({ revision, tradeCount }) => [
      revision,
      tradeCount,
    ]);
  await store(ports, records.slice(0, 1));
  await handler({ Records: records }, invocation);
  expect(await revisions()).toEqual([[0, 1]]);
  await store(ports, records.slice(1));
  await handler({ Records: [record(4, {})] }, invocation);
  expect(await revisions()).toEqual([[1, 2]]);
});

it('takes a candle for whole once the trade has come that was missing behind it, wherever that lies', async () => {
  const ports = tradingPorts();
  const handler = createHandler(ports);
  const records = [
    record(1, { trades: [row(1, 1000), row(2, 1900), row(4, 2200)] }),
    record(2, { trades: [row(3, 2100), row(5, 60_000)] }),
  ];
  for (const one of records) {
    await store(ports, [one]);
    await handler({ Records: [one] }, invocation);
  }
  for (const interval of ['1s', '30s', '1m'] as const) {
    const [first] = await ports.candles.between(INSTRUMENT, interval, 0, 1e12, 9);
    expect(first).toMatchObject({ complete: interval === '1s' });
    expect(first).not.toHaveProperty('quality');
  }
});
