import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFill, anOrder } from '../../../test/support/order.ts';
import { filledReport } from '../../../test/support/report.ts';
import { aStrategy } from '../../../test/support/strategy.ts';
import { tradingPorts, type TradingPorts } from '../../../test/support/trading-ports.ts';
import { bookKey, exitsKey } from '../../../shared/contracts/record-keys.ts';
import type { BookRecord } from '../../../shared/contracts/records.ts';
import type { Fill } from '../../../shared/domain/orders/order.ts';
import { createStrategy } from '../../../shared/runtime/create-strategy.ts';
import { orderWrite } from '../../../shared/runtime/order-items.ts';
import { applyReport } from './apply-report.ts';

const instance = aStrategy();
const { strategyId } = instance;

describe('a fill at the desk', () => {
  let ports: TradingPorts;
  let apply: (fill: Fill) => Promise<void>;

  beforeEach(async () => {
    ports = tradingPorts();
    apply = async (fill) => {
      await applyReport(ports, filledReport(fill));
    };
    await createStrategy(ports.state, instance, 0);
    for (const n of [1, 2, 3]) {
      const order = anOrder(n, { strategyId, status: 'SUBMITTED' });
      await ports.state.write(orderWrite(order, { kind: 'absent' }));
    }
  });

  const book = async () => (await ports.state.get<BookRecord>('portfolio', bookKey(strategyId)))?.value;

  it('books a fill and tells of it', async () => {
    await apply(aFill(1, { strategyId }));
    expect(await book()).toMatchObject({
      cash: '9899.9',
      quantity: '1',
      cost: '100.1',
      feesPaid: '0.1',
      fills: 1,
      entryPrice: '100',
    });
    expect(ports.told('PortfolioChangedV1')).toMatchObject([{ position: { cash: '9899.9' } }]);
  });

  it('remembers how a position was closed, once', async () => {
    const exits = async () => (await ports.state.get('portfolio', exitsKey(strategyId)))?.value;
    await apply(aFill(1, { strategyId }));
    expect(await exits()).toBeUndefined();
    const sale = aFill(2, { strategyId, side: 'SELL', cashChange: '99.9' });
    await apply(sale);
    await apply(sale);
    expect(await exits()).toEqual({ exits: [{ timeMs: 2000, profit: '-0.2', cost: '100.1' }] });
  });

  it('books it once, however often it is told', async () => {
    await apply(aFill(1, { strategyId }));
    await apply(aFill(1, { strategyId }));
    expect(await book()).toMatchObject({ cash: '9899.9', fills: 1 });
    expect(ports.told('PortfolioChangedV1')).toHaveLength(1);
  });

  it('tells of a fill that a crash had booked in silence', async () => {
    ports.breakBus(true);
    await expect(apply(aFill(1, { strategyId }))).rejects.toThrow('the bus is away');
    ports.breakBus(false);
    await apply(aFill(1, { strategyId }));
    expect(await book()).toMatchObject({ fills: 1 });
    expect(ports.told('PortfolioChangedV1')).toHaveLength(1);
  });

  it('books fills that come at the same time one after the other', async () => {
    await Promise.all([1, 2, 3].map(async (n) => apply(aFill(n, { strategyId }))));
    expect(await book()).toMatchObject({ cash: '9699.7', quantity: '3', fills: 3 });
  });

  it('refuses a fill that does not fit its book', async () => {
    const sale = aFill(1, { strategyId, side: 'SELL', cashChange: '99.9' });
    await expect(apply(sale)).rejects.toThrow('does not fit its book: sells 1, position is 0');
    expect(await book()).toMatchObject({ fills: 0 });
  });
});
