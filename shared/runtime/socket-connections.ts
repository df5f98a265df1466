/** Who is connected and what each hears. */
import { channelIndex, channelPartition, connectionKey, subscriptionKey } from '../contracts/record-keys.ts';
import type { ConnectionRecord, SubscriptionRecord } from '../contracts/records.ts';
import { MAX_CHANNELS_A_CONNECTION, type SocketRequest } from '../contracts/socket-messages.ts';
import { MAX_TRANSACTION_WRITES, type Item, type StateStore, type Write } from '../ports/state-store.ts';
import { retryOnConflict } from './optimistic.ts';
import { mayAsk } from './route-access.ts';
import { CONNECTION_ITEM_LIFETIME_MS } from './socket-tickets.ts';

export type SubscriptionOutcome =
  /** All channels now in force, in order of name. */
  | { readonly kind: 'changed'; readonly channels: readonly string[] }
  | { readonly kind: 'too-many' }
  /** The token that the connection's ticket was given for does not allow it. */
  | { readonly kind: 'forbidden' }
  /** The connection has been closed meanwhile. */
  | { readonly kind: 'unknown-connection' };

/** Channels changed in one transaction: its other write is the connection itself. */
const CHANNELS_A_TRANSACTION = MAX_TRANSACTION_WRITES - 1;

/** Doing it twice is doing it once. A request that would pass the limit changes nothing. */
export async function changeSubscriptions(
  state: StateStore,
  connectionId: string,
  { action, channels }: SocketRequest,
): Promise<SubscriptionOutcome> {
  return retryOnConflict(async () => {
    const item = await state.get<ConnectionRecord>('realtime', connectionKey(connectionId));
    if (item === null) return { kind: 'unknown-connection' };
    if (!mayAsk(item.value.role, action)) return { kind: 'forbidden' };
    const known = new Set(item.value.channels);
    const changed = [...new Set(channels)].filter(
      (channel) => known.has(channel) === (action === 'unsubscribe'),
    );
    if (action === 'subscribe' && known.size + changed.length > MAX_CHANNELS_A_CONNECTION)
      return { kind: 'too-many' };
    for (let i = 0; i < changed.length; i += CHANNELS_A_TRANSACTION) {
      const part = changed.slice(i, i + CHANNELS_A_TRANSACTION);
      for (const channel of part) {
        if (action === 'subscribe') known.add(channel);
        else known.delete(channel);
      }
      const version = item.version + i / CHANNELS_A_TRANSACTION;
      await state.transact(
        subscriptionWrites(connectionId, item.value, version, action, part, [...known].sort()),
      );
    }
    return { kind: 'changed', channels: [...known].sort() };
  });
}

function subscriptionWrites(
  connectionId: string,
  connection: ConnectionRecord,
  version: number,
  action: SocketRequest['action'],
  changed: readonly string[],
  channels: readonly string[],
): Write[] {
  const expiresAtMs = connection.openedAtMs + CONNECTION_ITEM_LIFETIME_MS;
  const value: ConnectionRecord = { ...connection, channels };
  const subscription: SubscriptionRecord = { connectionId };
  return [
    {
      kind: 'put',
      table: 'realtime',
      ...connectionKey(connectionId),
      value,
      condition: { kind: 'version', version },
      expiresAtMs,
    },
    ...changed.map((channel): Write => {
      const place = {
        table: 'realtime',
        ...subscriptionKey(connectionId, channel),
        condition: { kind: 'none' },
      } as const;
      if (action === 'unsubscribe') return { kind: 'delete', ...place };
      return {
        kind: 'put',
        ...place,
        value: subscription,
        index: channelIndex(channel, connectionId),
        expiresAtMs,
      };
    }),
  ];
}

/**
 * Removes a connection with all that it was subscribed to. The connection goes first: a subscription is only written
 * beside its connection, so none can come after the list was read.
 */
export async function forgetConnection(state: StateStore, connectionId: string): Promise<void> {
  const key = connectionKey(connectionId);
  await state.write({ kind: 'delete', table: 'realtime', ...key, condition: { kind: 'none' } });
  const page = await state.query('realtime', key.pk, 'CHANNEL#', { limit: MAX_PAGE });
  const deletions = page.items.map(({ pk, sk }): Write => ({
    kind: 'delete',
    table: 'realtime',
    pk,
    sk,
    condition: { kind: 'none' },
  }));
  for (let i = 0; i < deletions.length; i += MAX_TRANSACTION_WRITES) {
    await state.transact(deletions.slice(i, i + MAX_TRANSACTION_WRITES));
  }
}

const MAX_PAGE = 1000;
/** Past this a channel has more listeners than one invocation can reach. */
const MAX_SUBSCRIBERS_A_CHANNEL = 10_000;

export async function subscribersOf(state: StateStore, channel: string): Promise<string[]> {
  const connectionIds: string[] = [];
  let after: string | undefined;
  do {
    const page = await state.queryIndex<SubscriptionRecord>('realtime', channelPartition(channel), {
      limit: MAX_PAGE,
      after,
    });
    connectionIds.push(...page.items.map((item: Item<SubscriptionRecord>) => item.value.connectionId));
    after = page.next ?? undefined;
  } while (after !== undefined && connectionIds.length < MAX_SUBSCRIBERS_A_CHANNEL);
  return connectionIds;
}
