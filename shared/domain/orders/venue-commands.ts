/** What the paper venue of a lane makes of commands. Each comes once or again: doing it twice is doing it once. */
import type { Command } from './command.ts';
import { paperModelOf, workingOrderOf } from './market-fill.ts';
import { reasonItIsTooLate } from './order.ts';
import { circumstancesOf, holderOf, identitiesOf, remember, settle, type PaperVenue } from './paper-venue.ts';
import type { Ended } from './report.ts';
import {
  changeOf,
  linkedOrderOf,
  type VenueCommand,
  type WithdrawWritten,
  type WrittenLinkedOrder,
} from './written-command.ts';
import { MAX_WORKING_ORDERS, obey } from './venue-orders.ts';
import type { OrderIdentity } from './working-order.ts';
import { writtenReport, type WrittenReport } from './written-report.ts';

/** Holders of positions in a lane: a position is kept for as long as it lasts. */
const MAX_POSITIONS = 500;

export function takeCommand(venue: PaperVenue, asked: VenueCommand, told: WrittenReport[]): void {
  switch (asked.kind) {
    case 'submit':
      return submit(venue, asked.orders, told);
    case 'withdraw':
      return withdraw(venue, asked, told);
    case 'cancel': {
      const { clientOrderId } = asked.order;
      return request(venue, asked.order, { kind: 'cancel', clientOrderId }, told);
    }
    case 'replace': {
      const { clientOrderId } = asked.order;
      const change = changeOf(asked.change);
      return request(venue, asked.order, { kind: 'replace', clientOrderId, change }, told);
    }
  }
}

/** All of them or none. */
function submit(venue: PaperVenue, asked: readonly WrittenLinkedOrder[], told: WrittenReport[]): void {
  const added = asked.filter((order) => !isKnown(venue, order));
  const [first] = added;
  if (first === undefined) return;
  const refusal = refusalOf(venue, asked, added);
  if (refusal !== null) return refuse(venue, added, refusal, told);
  const { instrumentId, effectiveTimeMs } = first;
  const orders = added.map(linkedOrderOf);
  for (const order of added) venue.papers.set(order.clientOrderId, paperModelOf(order));
  obeyed(venue, instrumentId, { kind: 'submit', orders }, effectiveTimeMs, added, told);
  for (const order of added)
    if (!works(venue, order)) remember(venue, order.clientOrderId, order.expiresAtMs);
}

interface Refusal {
  readonly kind: 'expired' | 'rejected';
  readonly reason: string;
}

function refusalOf(
  venue: PaperVenue,
  asked: readonly WrittenLinkedOrder[],
  added: readonly WrittenLinkedOrder[],
): Refusal | null {
  for (const order of added) {
    const tooLate = reasonItIsTooLate(order, venue.watermarkMs ?? -1);
    if (tooLate !== null) return { kind: 'expired', reason: tooLate };
  }
  const reason = reasonToReject(venue, asked, added);
  return reason === null ? null : { kind: 'rejected', reason };
}

function reasonToReject(
  venue: PaperVenue,
  asked: readonly WrittenLinkedOrder[],
  added: readonly WrittenLinkedOrder[],
): string | null {
  // One of them was withdrawn before they came.
  if (added.length < asked.length) return 'an order that it belongs with has ended';
  if (venue.papers.size + added.length > MAX_WORKING_ORDERS)
    return `over ${MAX_WORKING_ORDERS} working orders`;
  const { positions } = venue;
  if (positions.size >= MAX_POSITIONS && added.some((order) => !positions.has(holderOf(order))))
    return `over ${MAX_POSITIONS} positions`;
  const ids = new Set(added.map(({ clientOrderId }) => clientOrderId));
  for (const { isHeld, parentId = '' } of added) {
    const hasEntry = ids.has(parentId) || venue.papers.has(parentId);
    if (isHeld && !hasEntry) return 'the entry that it waits for does not work';
  }
  return null;
}

function refuse(
  venue: PaperVenue,
  added: readonly WrittenLinkedOrder[],
  { kind, reason }: Refusal,
  told: WrittenReport[],
): void {
  for (const order of added) {
    const { clientOrderId, expiresAtMs, effectiveTimeMs } = order;
    const timeMs = kind === 'expired' ? expiresAtMs : effectiveTimeMs;
    told.push(writtenReport(order, firstAndLast(clientOrderId, kind, reason, timeMs)));
    remember(venue, clientOrderId, expiresAtMs);
  }
}

function firstAndLast(clientOrderId: string, kind: Ended['kind'], reason: string, timeMs: number) {
  return { clientOrderId, number: 1, timeMs, kind, reason } as const;
}

/**
 * Ends an order of which nobody knows whether it was ever sent: one that works fills no more, one that never came is
 * refused should it still come, and one that has ended has told so.
 */
function withdraw(venue: PaperVenue, { order, reason }: WithdrawWritten, told: WrittenReport[]): void {
  const isThere = works(venue, order);
  if (!isThere && isKnown(venue, order)) return;
  const asked = workingOrderOf(order);
  const { instrumentId, clientOrderId, expiresAtMs } = order;
  obeyed(venue, instrumentId, { kind: 'withdraw', order: asked, reason }, expiresAtMs, [order], told);
  remember(venue, clientOrderId, expiresAtMs);
}

/** A cancel or a replace, at the lane's time. */
function request(venue: PaperVenue, order: OrderIdentity, asked: Command, told: WrittenReport[]): void {
  const { instrumentId } = order;
  const [lastMs] = venue.lastTrades[instrumentId] ?? [null];
  const timeMs = Math.max(lastMs ?? 0, venue.watermarkMs ?? 0);
  obeyed(venue, instrumentId, asked, timeMs, [order], told);
}

function obeyed(
  venue: PaperVenue,
  instrumentId: string,
  asked: Command,
  timeMs: number,
  added: readonly OrderIdentity[],
  told: WrittenReport[],
): void {
  const before = venue.orders.get(instrumentId) ?? [];
  const settled = obey(before, asked, timeMs, circumstancesOf(venue).paperOf);
  settle(venue, instrumentId, [...identitiesOf(before), ...added], settled, told);
}

type Named = Pick<OrderIdentity, 'clientOrderId'>;

function isKnown(venue: PaperVenue, order: Named): boolean {
  return Object.hasOwn(venue.recentOrders, order.clientOrderId) || works(venue, order);
}

function works({ papers }: PaperVenue, { clientOrderId }: Named): boolean {
  return papers.has(clientOrderId);
}
