import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFill, anOrder } from '../../../test/support/order.ts';
import { endedReport, filledReport } from '../../../test/support/report.ts';
import { tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { orderKey, reservationKey } from '../../../shared/contracts/record-keys.ts';
import type { OrderRecord } from '../../../shared/contracts/records.ts';
import type { Signal } from '../../../shared/domain/orders/order.ts';
import { signalOf } from '../../../shared/domain/strategies/signal.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { orderWrite } from '../../../shared/runtime/order-items.ts';
import { keepReport } from '../../../shared/runtime/venue-reports.ts';
import { applyReport } from './apply-report.ts';

const order = anOrder(1, { status: 'SUBMITTED' });
const fill = aFill(1);
describe('the end of an order', () => {
  let ports: TradingPorts;

  beforeEach(async () => {
    ports = tradingPorts();
    await createStrategy(ports.state, { ...aStrategy(), strategyId: order.strategyId }, 0);
    await ports.state.write(orderWrite(order, { kind: 'absent' }));
    await reserve(order.clientOrderId);
  });

  async function reserve(clientOrderId: string, waiting?: Signal): Promise<void> {
    await ports.state.write({
      kind: 'put',
      table: 'orders',
      ...reservationKey(order.strategyId),
      value: { clientOrderId, ...(waiting === undefined ? {} : { waiting }) },
      condition: { kind: 'none' },
    });
  }

  const stored = async () =>
    (await ports.state.get<OrderRecord>('orders', orderKey(order.clientOrderId)))?.value;
  const reservation = async () => ports.state.get('orders', reservationKey(order.strategyId));
  const filled = async () => applyReport(ports, filledReport(fill));

  it('marks an order filled once its fill is in the ledger, and frees the reservation', async () => {
    await filled();
    expect(await stored()).toMatchObject({ status: 'FILLED', filledQuantity: '1', averagePrice: '100' });
    expect(await reservation()).toBeNull();
    expect(ports.told('OrderChangedV1')).toMatchObject([{ order: { status: 'FILLED' } }]);
  });

  it('raises the signal again that waited for the fill, and not when there is none', async () => {
    const waiting = signalOf(
      aStrategy(),
      { openTimeMs: 60_000, close: '100' },
      { side: 'SELL', reason: 'test' },
    );
    await reserve(order.clientOrderId, waiting);
    await filled();
    expect(ports.raised()).toEqual([{ signal: waiting, resumedAtMs: fill.timeMs }]);
    const other = anOrder(2, { status: 'SUBMITTED' });
    await ports.state.write(orderWrite(other, { kind: 'absent' }));
    await reserve(other.clientOrderId, waiting);
    await applyReport(ports, endedReport(other, 'expired'));
    expect(await reservation()).toBeNull();
    expect(ports.raised()).toHaveLength(1);
  });

  it('tells of it once, also after a crash before the telling', async () => {
    ports.breakBus(true);
    await expect(filled()).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    await filled();
    await filled();
    expect(ports.told('OrderChangedV1')).toHaveLength(1);
  });

  it.each([
    ['expired', 'EXPIRED'],
    ['rejected', 'REJECTED'],
    ['canceled', 'CANCELED'],
  ] as const)('is what the venue calls %s', async (kind, status) => {
    expect(await applyReport(ports, endedReport(order, kind))).toEqual(['reportsHeard', 'ordersEnded']);
    expect(await stored()).toMatchObject({ status, statusReason: 'test' });
    expect(await reservation()).toBeNull();
  });

  it('leaves the reservation of another order alone', async () => {
    await reserve('another');
    await filled();
    expect((await reservation())?.value).toEqual({ clientOrderId: 'another' });
  });

  it('stays when a fill comes late, which is booked and said to be late', async () => {
    await applyReport(ports, endedReport(order, 'expired'));
    expect(await applyReport(ports, filledReport(fill, 2))).toContain('lateReports');
    expect(await stored()).toMatchObject({ status: 'EXPIRED', statusReason: 'test', filledQuantity: '1' });
    expect(ports.told('PortfolioChangedV1')).toHaveLength(1);
  });

  it('comes after all parts of it: each is booked, and the reservation is kept until then', async () => {
    const part = (n: number) => aFill(n, { clientOrderId: order.clientOrderId });
    await applyReport(ports, filledReport(part(1), 1, '1'));
    expect(await stored()).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '1', reports: 1 });
    expect(await reservation()).not.toBeNull();
    await applyReport(ports, filledReport(part(2), 2));
    expect(await stored()).toMatchObject({ status: 'FILLED', filledQuantity: '2', averagePrice: '100' });
    expect(await reservation()).toBeNull();
    expect(ports.told('PortfolioChangedV1')).toMatchObject([
      { position: { fills: 1 } },
      { position: { fills: 2 } },
    ]);
  });

  it('raises the signal that waited where it has filled in part: there is something to sell', async () => {
    const { instrumentId, strategyId } = order;
    const sale = signalOf(
      { ...aStrategy(), strategyId, instrumentId },
      { openTimeMs: 60_000, close: '100' },
      { side: 'SELL', reason: 'test' },
    );
    await reserve(order.clientOrderId, sale);
    await applyReport(ports, filledReport(fill, 1, '1'));
    expect(ports.raised()).toEqual([]);
    await applyReport(ports, endedReport(order, 'canceled', { number: 2, timeMs: 5 }));
    expect(await stored()).toMatchObject({ status: 'CANCELED', filledQuantity: '1' });
    expect(ports.raised()).toEqual([{ signal: sale, resumedAtMs: 5 }]);
    expect(await reservation()).toBeNull();
  });

  it('waits for the report before it, which is looked for where the venue keeps what it told', async () => {
    const first = filledReport(aFill(1, { clientOrderId: order.clientOrderId }), 1, '1');
    const last = filledReport(aFill(2, { clientOrderId: order.clientOrderId }), 2);
    await expect(applyReport(ports, last)).rejects.toThrow('report 1 of 2 is missing');
    expect(await stored()).toMatchObject({ status: 'SUBMITTED' });
    await keepReport(ports.state, first);
    await applyReport(ports, last);
    expect(await stored()).toMatchObject({ status: 'FILLED', filledQuantity: '2', reports: 2 });
    expect(await applyReport(ports, first)).toEqual(['reportsRepeated']);
  });
});
