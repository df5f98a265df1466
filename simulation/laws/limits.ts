import type { BookRecord, OrderRecord } from '../../shared/contracts/records.ts';
import { bookKey, limitsKey } from '../../shared/contracts/record-keys.ts';
import { sharesOf, type ExposureRecord } from '../../shared/contracts/risk-records.ts';
import { decimal, formatDecimal, type Decimal } from '../../shared/domain/decimal.ts';
import type { RiskLimits } from '../../shared/domain/risk/rules.ts';
import { isEndState } from '../../shared/domain/orders/order-status.ts';
import { putsOf, recordsOf, type Law, type View } from '../fabric/watch.ts';

/** However many decide at once, an instance has one order under way, and it asks for no more than there is. */
export function withinMeans(): Law {
  const underWay = new Map<string, string>();
  return {
    name: 'an order is within the means of its book',
    onWrites: (writes, { stores }) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const { clientOrderId, strategyId, status, quoteQuantity, quantity } = value as OrderRecord;
        if (isEndState(status)) {
          if (underWay.get(strategyId) === clientOrderId) underWay.delete(strategyId);
          continue;
        }
        const other = underWay.get(strategyId);
        if (other !== undefined && other !== clientOrderId)
          return `orders ${other} and ${clientOrderId} of ${strategyId} are under way at once`;
        underWay.set(strategyId, clientOrderId);
        if (status !== 'INITIALIZED') continue;
        const book = stores.state.peek('portfolio', bookKey(strategyId)) as BookRecord | null;
        if (book === null) return `order ${clientOrderId} has no book`;
        if (quoteQuantity !== null && decimal(quoteQuantity) > decimal(book.cash))
          return `order ${clientOrderId} spends ${quoteQuantity} of ${book.cash}`;
        if (quantity !== null && decimal(quantity) > decimal(book.quantity))
          return `order ${clientOrderId} sells ${quantity} of ${book.quantity}`;
      }
      return null;
    },
  };
}

/** What an account may have in the market holds for all of its instances together, decided at the same time or not. */
export function accountsKeepTheirLimits(): Law {
  return {
    name: 'an account keeps its limits',
    atEnd: (view) => whatIsMiscounted(view),
    onWrites: (writes, view) => {
      for (const { value } of putsOf(writes, 'orders', 'ORDER', 'ORDER')) {
        const { accountId, status, side, clientOrderId } = value as OrderRecord;
        if (status !== 'INITIALIZED' || side !== 'BUY') continue;
        const limits = view.stores.state.peek('orders', limitsKey(accountId)) as Partial<RiskLimits>;
        const most = limits.maxGrossNotional ?? null;
        if (most === null) continue;
        const exposure = exposureOf(accountId, view);
        if (exposure > decimal(most))
          return `with order ${clientOrderId} account ${accountId} has ${formatDecimal(exposure)} of ${most} in the market`;
      }
      return null;
    },
  };
}

/** What its positions cost, and what is under way to become one: what an order has left and what it has filled are what it asked for. */
function exposureOf(accountId: string, { stores }: View): Decimal {
  const cost = new Map<string, Decimal>();
  for (const book of recordsOf<BookRecord>(stores, 'portfolio', 'STRATEGY', 'BOOK'))
    if (book.accountId === accountId && decimal(book.quantity) > 0n)
      cost.set(book.strategyId, decimal(book.cost));
  for (const order of recordsOf<OrderRecord>(stores, 'orders', 'ORDER', 'ORDER'))
    if (order.accountId === accountId && order.side === 'BUY' && !isEndState(order.status))
      cost.set(order.strategyId, decimal(order.quoteQuantity!));
  return [...cost.values()].reduce((sum, one) => sum + one, 0n);
}

/** What is written down of an account is what its instances hold, and nothing is reserved for orders that are over. */
function whatIsMiscounted({ stores }: View): string | null {
  for (const record of recordsOf<ExposureRecord>(stores, 'orders', 'ACCOUNT', 'EXPOSURE')) {
    for (const { strategyId, held, reserved } of sharesOf(record)) {
      const book = stores.state.peek('portfolio', bookKey(strategyId)) as BookRecord;
      const [counted, kept] = [formatDecimal(held.quantity.long), formatDecimal(reserved.notional.long)];
      if (counted !== book.quantity || kept !== '0')
        return `the account counts ${counted} of ${strategyId} as held and ${kept} as reserved; its book holds ${book.quantity}`;
    }
  }
  return null;
}
