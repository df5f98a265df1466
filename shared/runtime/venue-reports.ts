/**
 * The last word of the venue on an order, kept before it is told: the event may be lost to whoever books it, and then
 * this alone says that the order has filled.
 */
import { venueReportKey } from '../contracts/record-keys.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import type { StateStore } from '../ports/state-store.ts';

export type VenueReportEvent = Extract<
  BusEvent,
  { readonly detailType: 'OrderFilledV1' | 'OrderRejectedV1' | 'OrderExpiredV1' }
>;

/** The same report comes again with a batch that is repeated: it is the same event, so it may be written over. */
export async function keepReport(state: StateStore, event: VenueReportEvent): Promise<void> {
  await state.write({
    kind: 'put',
    table: 'orders',
    ...venueReportKey(orderOf(event)),
    value: event,
    condition: { kind: 'none' },
  });
}

export async function readReport(state: StateStore, clientOrderId: string): Promise<VenueReportEvent | null> {
  return (await state.get<VenueReportEvent>('orders', venueReportKey(clientOrderId)))?.value ?? null;
}

function orderOf(event: VenueReportEvent): string {
  return event.detailType === 'OrderFilledV1' ? event.detail.fill.clientOrderId : event.detail.clientOrderId;
}
