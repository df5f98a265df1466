import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/api-client.ts';
import { useReading } from '../api/use-reading.ts';
import type { Order } from '../api/views.ts';
import { useChannel, useFallback, usePlatform } from '../page/platform-access.ts';
import { mergeOrders } from './order-list.ts';

export interface OrdersView {
  /** Newest first; null: none were read yet. */
  readonly orders: readonly Order[] | null;
  readonly failure: Failure | null;
  /** null: there are no older ones, or no more are kept. */
  readonly readOlder: (() => Promise<void>) | null;
}

const FIRST_PAGE = 100;
const MOST_ORDERS = 1000;

/** Orders as they come and change. */
export function useOrders(): OrdersView {
  const { api, notify } = usePlatform();
  const [orders, setOrders] = useState<readonly Order[] | null>(null);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const reading = useReading(
    async () => api.call('GET /v1/orders', { query: { limit: FIRST_PAGE } }),
    useFallback(),
  );
  const take = (incoming: readonly Order[]): void =>
    setOrders((known) => mergeOrders(known ?? [], incoming).slice(0, MOST_ORDERS));

  useChannel('orders', 'order', (order) => take([order]));
  useEffect(() => {
    if (reading.value === null) return;
    const { items, next: nextPage } = reading.value;
    take(items);
    // Later readings begin at the newest again; how far down the list goes stays as it is.
    setNext((known) => (known === undefined ? nextPage : known));
  }, [reading.value]);

  const readOlder = async (): Promise<void> => {
    const answer = await api.call('GET /v1/orders', {
      query: { limit: FIRST_PAGE, after: next ?? undefined },
    });
    if (answer.kind !== 'done') {
      notify({ tone: 'bad', text: `Older orders: ${answer.detail}` });
      return;
    }
    take(answer.body.items);
    setNext(answer.body.next);
  };
  const hasOlder = typeof next === 'string' && (orders?.length ?? 0) < MOST_ORDERS;
  return { orders, failure: reading.failure, readOlder: hasOlder ? readOlder : null };
}
