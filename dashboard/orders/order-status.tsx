import type { Order } from '../api/views.ts';
import { Icon, type IconName } from '../page/icon.tsx';
import { statusWord, toneOf } from './order-list.ts';

const ICONS: Readonly<Record<Order['status'], IconName>> = {
  INITIALIZED: 'ring',
  SUBMITTED: 'up',
  UNKNOWN: 'question',
  ACCEPTED: 'clock',
  PARTIALLY_FILLED: 'half',
  PENDING_CANCEL: 'clock',
  PENDING_REPLACE: 'clock',
  DENIED: 'stop',
  REJECTED: 'cross',
  FILLED: 'check',
  CANCELED: 'cross',
  EXPIRED: 'clock',
};

export function OrderStatus({ status }: Pick<Order, 'status'>) {
  return (
    <span class={`status ${toneOf(status)}`}>
      <Icon name={ICONS[status]} /> {statusWord(status)}
    </span>
  );
}

export function SideWord({ side }: Pick<Order, 'side'>) {
  const isBuy = side === 'BUY';
  return (
    <span class={`status ${isBuy ? 'bought' : 'sold'}`}>
      <Icon name={isBuy ? 'up' : 'down'} /> {isBuy ? 'Buy' : 'Sell'}
    </span>
  );
}

/** What is said against the market data that an order rests on, or a fill; nothing where nothing is. */
export function DataFlags({ flags = [] }: { readonly flags?: Order['flags'] }) {
  if (flags.length === 0) return null;
  return (
    <p class="status doubtful" title={`Said against its market data: ${flags.join(', ')}`}>
      <Icon name="warning" /> {flags.join(', ')}
    </p>
  );
}
