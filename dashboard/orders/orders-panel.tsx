import { useState } from 'preact/hooks';
import type { Failure } from '../api/api-client.ts';
import { quoteCurrencyOf, type Fill, type Order } from '../api/views.ts';
import { formatCash, formatCount, formatPrice, formatQuantity, NO_FIGURE } from '../numbers/format-number.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, Panel } from '../page/panel.tsx';
import { Tabs } from '../page/tabs.tsx';
import { DataFlags, OrderStatus, SideWord } from './order-status.tsx';
import type { OrdersView } from './use-orders.ts';

interface OrdersPanelProps {
  readonly view: OrdersView;
  readonly fills: readonly Fill[] | null;
  readonly fillsFailure: Failure | null;
}

/** More fills than anybody reads in a table; the chart has them all. */
const FILLS_SHOWN = 300;

export function OrdersPanel({ view, fills, fillsFailure }: OrdersPanelProps) {
  const [shown, setShown] = useState<'orders' | 'fills'>('orders');
  const tabs = [
    { id: 'orders', title: 'Orders' },
    { id: 'fills', title: 'Fills' },
  ] as const;
  return (
    <Panel
      title={shown === 'orders' ? 'Orders' : 'Fills'}
      place="orders"
      failure={shown === 'orders' ? view.failure : fillsFailure}
      aside={<Tabs label="Orders or fills" tabs={tabs} chosen={shown} onChoose={(id) => setShown(id)} />}
    >
      {shown === 'orders' ? <OrdersTable {...view} /> : <FillsTable fills={fills} />}
    </Panel>
  );
}

function OrdersTable({ orders, readOlder }: OrdersView) {
  if (orders === null) return <Empty>Reading orders…</Empty>;
  if (orders.length === 0) {
    return (
      <Empty>
        No orders yet. A running strategy places one when its signal changes; there is a form under
        Strategies.
      </Empty>
    );
  }
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Orders">
      <table class="orders folding">
        <thead>
          <tr>
            <th class="time">Time</th>
            <th class="name">Instrument</th>
            <th class="side">Side</th>
            <th class="state">Status</th>
            <th class="number quantity">Quantity</th>
            <th class="number price-each">Price</th>
            <th class="number asked">Asked</th>
            <th class="reason">Reason</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <OrderRow key={order.clientOrderId} order={order} />
          ))}
        </tbody>
      </table>
      {readOlder !== null && (
        <button type="button" class="older" onClick={() => void readOlder()}>
          Older orders
        </button>
      )}
    </div>
  );
}

function OrderRow({ order }: { readonly order: Order }) {
  const { instrumentId, side, averagePrice, filledQuantity, status, statusReason, effectiveTimeMs, flags } =
    order;
  return (
    <tr data-order={order.clientOrderId} data-status={status}>
      <td class="time">
        <time>{formatMoment(effectiveTimeMs, Date.now())}</time>
      </td>
      <td class="name">
        <InstrumentName instrumentId={instrumentId} />
      </td>
      <td class="side">
        <SideWord side={side} />
      </td>
      <td class="state">
        <OrderStatus status={status} />
      </td>
      <td class="number quantity">{filledQuantity === '0' ? NO_FIGURE : formatQuantity(filledQuantity)}</td>
      <td class="number price-each">{averagePrice === null ? NO_FIGURE : formatPrice(averagePrice)}</td>
      <td class="number asked">{askedText(order)}</td>
      <td class="reason">
        <DataFlags flags={flags} />
        {statusReason !== null && <p>{statusReason}</p>}
      </td>
    </tr>
  );
}

/** A market order asks for a quantity, or for what an amount of cash buys. */
function askedText({ quantity, quoteQuantity, instrumentId }: Order): string {
  if (quantity !== null) return formatQuantity(quantity);
  if (quoteQuantity === null) return NO_FIGURE;
  const currency = quoteCurrencyOf(instrumentId);
  return `${formatCash(quoteQuantity, currency)} ${currency}`;
}

function FillsTable({ fills }: { readonly fills: readonly Fill[] | null }) {
  if (fills === null) return <Empty>Reading fills…</Empty>;
  if (fills.length === 0) return <Empty>No fills yet. They follow the orders of a running strategy.</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Fills">
      <table class="fills folding">
        <thead>
          <tr>
            <th class="time">Time</th>
            <th class="name">Instrument</th>
            <th class="side">Side</th>
            <th class="number quantity">Quantity</th>
            <th class="number price-each">Price</th>
            <th class="number notional">Notional</th>
            <th class="number fee">Fee</th>
            <th class="trade">Trade</th>
            <th class="reason">Its data</th>
          </tr>
        </thead>
        <tbody>
          {fills.slice(0, FILLS_SHOWN).map((fill) => (
            <FillRow key={fill.fillId} fill={fill} />
          ))}
        </tbody>
      </table>
      {fills.length > FILLS_SHOWN && (
        <p class="hint">
          The newest {FILLS_SHOWN} of {formatCount(fills.length)} that the page has read.
        </p>
      )}
    </div>
  );
}

function FillRow({ fill }: { readonly fill: Fill }) {
  const { timeMs, instrumentId, side, quantity, price, notional, fee, tradeId, flags } = fill;
  const currency = quoteCurrencyOf(instrumentId);
  return (
    <tr>
      <td class="time">
        <time>{formatMoment(timeMs, Date.now())}</time>
      </td>
      <td class="name">
        <InstrumentName instrumentId={instrumentId} />
      </td>
      <td class="side">
        <SideWord side={side} />
      </td>
      <td class="number quantity">{formatQuantity(quantity)}</td>
      <td class="number price-each">{formatPrice(price)}</td>
      <td class="number notional">{formatCash(notional, currency)}</td>
      <td class="number fee">{formatCash(fee, currency)}</td>
      <td class="trade">{tradeId}</td>
      <td class="reason">
        <DataFlags flags={flags} />
      </td>
    </tr>
  );
}
