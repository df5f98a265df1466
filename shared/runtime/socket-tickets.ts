/**
 * One-use tickets for the WebSocket. A browser cannot send a token with its handshake, and a token in an address
 * ends in logs; a ticket there is worth nothing once it was used, or half a minute later.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connectionKey, ticketKey } from '../contracts/record-keys.ts';
import type { ConnectionRecord, TicketRecord } from '../contracts/records.ts';
import { ConditionFailed, type StateStore } from '../ports/state-store.ts';

const TICKET_LIFETIME_MS = 30_000;
const TICKET_BYTES = 32;
const TICKET_TEXT = /^[A-Za-z0-9_-]{43}$/;

/** API Gateway ends a connection after two hours; what it left behind goes a little later. */
export const CONNECTION_LIFETIME_MS = 2 * 3_600_000;
export const CONNECTION_ITEM_LIFETIME_MS = CONNECTION_LIFETIME_MS + 600_000;

/** Only the hash is stored: who reads the table cannot connect. */
function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}

export async function issueTicket(
  state: StateStore,
  { subject, role }: Pick<TicketRecord, 'subject' | 'role'>,
  nowMs: number,
): Promise<{ readonly ticket: string; readonly expiresAtMs: number }> {
  const ticket = randomBytes(TICKET_BYTES).toString('base64url');
  const record: TicketRecord = { subject, role, expiresAtMs: nowMs + TICKET_LIFETIME_MS };
  await state.write({
    kind: 'put',
    table: 'realtime',
    ...ticketKey(hashOf(ticket)),
    value: record,
    condition: { kind: 'absent' },
    expiresAtMs: record.expiresAtMs,
  });
  return { ticket, expiresAtMs: record.expiresAtMs };
}

export type Admission =
  { readonly kind: 'admitted'; readonly subject: string } | { readonly kind: 'refused' };

/** Uses the ticket up and opens the connection in one transaction. Unknown, expired and used tickets are told alike. */
export async function admitConnection(
  state: StateStore,
  connectionId: string,
  ticket: string | undefined,
  nowMs: number,
): Promise<Admission> {
  if (ticket === undefined || !TICKET_TEXT.test(ticket)) return { kind: 'refused' };
  const key = ticketKey(hashOf(ticket));
  const item = await state.get<TicketRecord>('realtime', key);
  if (item === null || item.value.expiresAtMs <= nowMs) return { kind: 'refused' };
  const { subject, role } = item.value;
  const connection: ConnectionRecord = { subject, role, openedAtMs: nowMs, channels: [] };
  try {
    await state.transact([
      { kind: 'delete', table: 'realtime', ...key, condition: { kind: 'version', version: item.version } },
      {
        kind: 'put',
        table: 'realtime',
        ...connectionKey(connectionId),
        value: connection,
        condition: { kind: 'absent' },
        expiresAtMs: nowMs + CONNECTION_ITEM_LIFETIME_MS,
      },
    ]);
    return { kind: 'admitted', subject };
  } catch (error) {
    if (error instanceof ConditionFailed) return { kind: 'refused' };
    throw error;
  }
}
