/**
 * The last word of the venue on an order, kept before it is told: the event may be lost to whoever books it, and then
 * this alone says that the order has filled.
 */
import { venueReportKey } from '../contracts/record-keys.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import { ConditionFailed, type StateStore } from '../ports/state-store.ts';

export type VenueReportEvent = Extract<
  BusEvent,
  { readonly detailType: 'OrderFilledV1' | 'OrderRejectedV1' | 'OrderExpiredV1' }
>;

/**
 * The first report of an order is the last word on it. The same comes again with a batch that is repeated, and another
 * one where the venue has forgotten the order meanwhile: what was told then is told again.
 * @returns the report that stands.
 */
export async function keepReport(state: StateStore, event: VenueReportEvent): Promise<VenueReportEvent> {
  const clientOrderId = orderOf(event);
  try {
    await state.write({
      kind: 'put',
      table: 'orders',
      ...venueReportKey(clientOrderId),
      value: event,
      condition: { kind: 'absent' },
    });
    return event;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return (await readReport(state, clientOrderId)) ?? event;
  }
}

export async function readReport(state: StateStore, clientOrderId: string): Promise<VenueReportEvent | null> {
  return (await state.get<VenueReportEvent>('orders', venueReportKey(clientOrderId)))?.value ?? null;
}

function orderOf(event: VenueReportEvent): string {
  return event.detailType === 'OrderFilledV1' ? event.detail.fill.clientOrderId : event.detail.clientOrderId;
}
