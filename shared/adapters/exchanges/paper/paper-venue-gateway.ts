import { venueKey } from '../../../contracts/record-keys.ts';
import type { OrderRecordV1, WithdrawalRecordV1 } from '../../../contracts/stream-records.ts';
import { laneOf } from '../../../domain/market-data/lane.ts';
import type { Order } from '../../../domain/orders/order.ts';
import { findOrder, type PaperVenue } from '../../../domain/orders/paper-venue.ts';
import type { StateStore } from '../../../ports/state-store.ts';
import { recordOfLane, type StreamWriter } from '../../../ports/stream-writer.ts';
import type { VenueGateway, VenueOrder } from '../../../ports/venue-gateway.ts';

/** Puts orders into the lane of their instrument, where match-orders meets them with the tape. It takes an id once. */
export class PaperVenueGateway implements VenueGateway {
  readonly #streams: StreamWriter;
  readonly #state: StateStore;

  constructor(streams: StreamWriter, state: StateStore) {
    this.#streams = streams;
    this.#state = state;
  }

  async submit(order: Order): Promise<void> {
    const lane = laneOf(order.instrumentId);
    await this.#append({ v: 1, kind: 'order', lane, order });
  }

  /** Behind the order in its lane, if that was ever sent: whatever the venue makes of it, both come in one order. */
  async withdraw(order: Order, reason: string): Promise<void> {
    const lane = laneOf(order.instrumentId);
    await this.#append({ v: 1, kind: 'withdrawal', lane, order, reason });
  }

  async find(order: Order): Promise<VenueOrder | null> {
    return findAtPaperVenue(this.#state, order);
  }

  async #append(record: OrderRecordV1 | WithdrawalRecordV1): Promise<void> {
    const data = Buffer.from(JSON.stringify(record));
    await this.#streams.append('trades', [recordOfLane(record.lane, data)]);
  }
}

/** For whoever asks the paper venue and sends it nothing. */
export async function findAtPaperVenue(state: StateStore, order: Order): Promise<VenueOrder | null> {
  const item = await state.get<{ state: PaperVenue }>('orders', venueKey(laneOf(order.instrumentId)));
  return item === null ? null : findOrder(item.value.state, order.clientOrderId);
}
